// What the thread sanitizer is not to report: the packaged Abseil is not built with it, so it does
// not see the counter that the copies of a Status share.
#if defined(__SANITIZE_THREAD__)
extern "C" const char* __tsan_default_suppressions();  // NOLINT: the sanitizer's own name
extern "C" const char* __tsan_default_suppressions() {
  return "race:status_internal::Payload\nrace:Status::Unref\n";
}
#endif
