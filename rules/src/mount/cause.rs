//! From the stage that refuses to the line to change.

pub(crate) mod case;

mod abac;
mod decrypt;
mod policy;
mod trust;
mod workload;

use crate::finding::Draft;
use case::Case;
use policy_engine::simulator::StageName;

/// The cause behind a stage that refuses.
pub(crate) fn find(case: &Case<'_>) -> Draft {
    if let Some(fault) = &case.stage.fault {
        return workload::cause(case, fault);
    }
    match case.stage.name {
        StageName::Trust => trust::cause(case),
        StageName::Chain => trust::chain(case),
        StageName::Key => decrypt::cause(case),
        StageName::Class
        | StageName::Association
        | StageName::Session
        | StageName::Identity
        | StageName::Boundary
        | StageName::Scp
        | StageName::Rcp
        | StageName::Endpoint
        | StageName::Resource => policy::cause(case),
    }
}
