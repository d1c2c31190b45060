"""One macro from .proto files to a C++ library, over Debian's protoc."""

_INCLUDES = "-I protos -I external/googleapis -I /usr/include"

def proto_cc(name, srcs, deps = [], root = "protos", grpc = False, **kwargs):
    """A cc_library `name` of the messages in srcs, included by their path below `root`.

    Args:
      name: the library.
      srcs: .proto files, by their path below this package.
      deps: other proto_cc libraries.
      root: the import root, from the execution root.
      grpc: also generate stubs with grpc_cpp_plugin (for plain reference servers and clients;
        the services register their methods from descriptors and need none).
      **kwargs: passed to the library.
    """
    hdrs = [s.replace(".proto", ".pb.h") for s in srcs]
    ccs = [s.replace(".proto", ".pb.cc") for s in srcs]
    plugin = ""
    if grpc:
        hdrs += [s.replace(".proto", ".grpc.pb.h") for s in srcs]
        ccs += [s.replace(".proto", ".grpc.pb.cc") for s in srcs]
        plugin = "--plugin=protoc-gen-grpc=/usr/bin/grpc_cpp_plugin --grpc_out=$$out "

    # A descriptor set travels along, with comments: documentation and contract tests read it.
    native.filegroup(name = name + "_protos", srcs = srcs + [d + "_protos" for d in deps], visibility = ["//visibility:public"])
    package = native.package_name()
    below = package[len("protos"):].lstrip("/") if package.startswith("protos") else package
    out = "$(GENDIR)" if root == "protos" else "$(GENDIR)/" + root
    target = "$$(dirname $(location " + hdrs[0] + "))"
    depth = len([p for p in ((below + "/" if below else "") + hdrs[0]).split("/")[:-1] if p])
    native.genrule(
        name = name + "_gen",
        srcs = srcs + [d + "_protos" for d in deps],
        outs = hdrs + ccs,
        cmd = "out=" + target + "/" + "/".join([".."] * depth) + "; protoc " + _INCLUDES +
              " --cpp_out=$$out " + plugin + " ".join(["$(locations " + s + ")" for s in srcs]),
    )
    native.cc_library(
        name = name,
        srcs = ccs,
        hdrs = hdrs,
        # Generated code is not ours to warn about.
        copts = ["-w"],
        strip_include_prefix = "/protos" if root == "protos" else "/",
        deps = deps + ["@pingan//bazel:protobuf"] + (["@pingan//bazel:grpc"] if grpc else []),
        **kwargs
    )
