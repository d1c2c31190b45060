// The verification queue: visits that grid workers are asked to make.
//
// A task opens by itself when a file was not looked at for too long or a report is overdue, or
// because somebody asks. Its name is made of its subject and a number that the subject counts, so
// that two sweeps cannot open it twice. Decisions on one task: NOT_FOUND out of scope,
// ACTION_NOT_ALLOWED unless OPEN.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// The n-th task of a subject: persons/411602-00000001 and 3 give tasks/p411602-00000001-3.
std::string NameOfTask(const std::string& subject, int number);

// All tasks of a subject, by name.
std::vector<std::string> NamesOfTasks(const v1::PersonRecord& subject);

// The tasks that a decision on a subject opened: as many as tasks_opened grew by, named and OPEN.
// Written in the same commit, each with the event "task.opened".
std::vector<v1::TaskRecord> TasksOpened(const v1::PersonRecord& before,
                                        const v1::PersonRecord& after, const Env& env);
std::vector<v1::TaskRecord> TasksOpened(const v1::DwellingRecord& before,
                                        const v1::DwellingRecord& after, const Env& env);

// A task that somebody asks for, and the subject that counted it.
template <class Subject>
struct OpenedTask {
  Decision<Subject> subject;
  Decision<v1::TaskRecord> task;
};
// INVALID_ARGUMENT (due_date: not a day from today on; grid: not of the subject's village);
// ACTION_NOT_ALLOWED of who has died and of a file that does not go on.
StatusOr<OpenedTask<v1::PersonRecord>> DecideOpenTask(const v1::PersonRecord& subject,
                                                      const v1::OpenTaskRequest& request,
                                                      const Env& env);
StatusOr<OpenedTask<v1::DwellingRecord>> DecideOpenTask(const v1::DwellingRecord& subject,
                                                        const v1::OpenTaskRequest& request,
                                                        const Env& env);

StatusOr<Decision<v1::TaskRecord>> DecideAssignTask(const v1::TaskRecord& before,
                                                    const v1::AssignTaskRequest& request,
                                                    const Env& env);

// INVALID_ARGUMENT (outcome) without one. What it means for the subject says DecideVisited.
StatusOr<Decision<v1::TaskRecord>> DecideCompleteTask(const v1::TaskRecord& before,
                                                      const v1::CompleteTaskRequest& request,
                                                      const Env& env);

StatusOr<Decision<v1::TaskRecord>> DecideCancelTask(const v1::TaskRecord& before,
                                                    const v1::CancelTaskRequest& request,
                                                    const Env& env);

// What a completed task does to its subject, in the same commit: CONFIRMED verifies it, another
// outcome puts it into the queue again in RevisitDays. Always OK; asks nothing of the caller.
StatusOr<Decision<v1::PersonRecord>> DecideVisited(const v1::PersonRecord& before,
                                                   const v1::TaskRecord& completed, const Env& env);
StatusOr<Decision<v1::DwellingRecord>> DecideVisited(const v1::DwellingRecord& before,
                                                     const v1::TaskRecord& completed,
                                                     const Env& env);

// An open task which a decision on its subject makes needless: somebody looked (DONE and
// CONFIRMED), or the report came (CANCELLED). None if it is not, or is another area's.
std::optional<Decision<v1::TaskRecord>> Answered(const v1::TaskRecord& task,
                                                 const v1::PersonRecord& before,
                                                 const v1::PersonRecord& after, const Env& env);

// An open visit to a person who is not to be met there any more, since the file went to another
// area or the person died: CANCELLED, and the result says which. None if it is not; a visit for a
// report that is owed of what was here goes on.
std::optional<Decision<v1::TaskRecord>> Lapsed(const v1::TaskRecord& task,
                                               const v1::PersonRecord& after, const Env& env);

// The end of every decision on a task.
Decision<v1::TaskRecord> SettleTask(v1::TaskRecord after, std::vector<std::string> events);

}  // namespace pingan::population
