//! The program as its users run it: what it prints and how it ends.

#[cfg(test)]
#[path = "commands/advice.rs"]
mod advice;
#[cfg(test)]
#[path = "commands/answers.rs"]
mod answers;
#[cfg(test)]
#[path = "commands/bad_input.rs"]
mod bad_input;
#[cfg(test)]
#[path = "commands/broken_worlds.rs"]
mod broken_worlds;
#[cfg(test)]
#[path = "commands/bundle.rs"]
mod bundle;
#[cfg(test)]
#[path = "commands/canaries.rs"]
mod canaries;
#[cfg(test)]
#[path = "commands/changes.rs"]
mod changes;
#[cfg(test)]
#[path = "commands/check.rs"]
mod check;
#[cfg(test)]
#[path = "commands/cloudformation.rs"]
mod cloudformation;
#[cfg(test)]
#[path = "commands/collect.rs"]
mod collect;
#[cfg(test)]
#[path = "commands/dependencies.rs"]
mod dependencies;
#[cfg(test)]
#[path = "commands/doors.rs"]
mod doors;
#[cfg(test)]
#[path = "commands/fixes.rs"]
mod fixes;
#[cfg(unix)]
#[cfg(test)]
#[path = "commands/hiding.rs"]
mod hiding;
#[cfg(unix)]
#[cfg(test)]
#[path = "commands/hostile.rs"]
mod hostile;
#[cfg(test)]
#[path = "commands/integrations.rs"]
mod integrations;
#[cfg(test)]
#[path = "commands/joining.rs"]
mod joining;
#[cfg(test)]
#[path = "commands/judging.rs"]
mod judging;
#[cfg(test)]
#[path = "commands/planted.rs"]
mod planted;
#[cfg(test)]
#[path = "commands/promises.rs"]
mod promises;
#[cfg(test)]
#[path = "commands/reports.rs"]
mod reports;
#[cfg(test)]
#[path = "commands/repository.rs"]
mod repository;
#[cfg(test)]
#[path = "commands/requests.rs"]
mod requests;
#[cfg(test)]
#[path = "commands/simulate.rs"]
mod simulate;
#[cfg(test)]
#[path = "commands/snapshot.rs"]
mod snapshot;
#[cfg(test)]
#[path = "commands/support.rs"]
mod support;
#[cfg(test)]
#[path = "commands/terraform.rs"]
mod terraform;
#[cfg(test)]
#[path = "commands/terraform_facts.rs"]
mod terraform_facts;
#[cfg(test)]
#[path = "commands/terraform_plans.rs"]
mod terraform_plans;
