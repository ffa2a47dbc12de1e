//! Reads the metadata of an account in one region, with calls that change nothing and return no secret value.
//!
//! It only records answers; [`loader`] interprets them. The facts behind a denied call are unknown, and a warning
//! names the call; any other failure ends the run, so that a partial account never counts as complete.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the paths of the SDK's methods are longer than the calls"
)]

mod answers;
mod call;
mod client;
mod eks;
mod home;
mod iam;
mod kms;
mod organization;
mod parameters;
mod secrets;

use call::Calls;
pub use home::Failure;
use loader::{Live, Place};
use std::future::Future;

/// Whose metadata is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// The region; overrides that of the SDK.
    pub region: Option<&'a str>,
    /// A profile of the SDK's configuration.
    pub profile: Option<&'a str>,
    /// The name or ARN of the only cluster whose associations are read.
    pub cluster: Option<&'a str>,
}

/// Every action that is asked for, each once.
pub fn actions() -> Vec<&'static str> {
    let mut actions: Vec<_> = call::ALL.iter().map(|action| action.name).collect();
    actions.sort_unstable();
    actions
}

/// Reads the account of the credentials that the SDK finds.
pub fn read(wanted: Wanted<'_>) -> Result<Live, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| Failure {
            message: format!("no thread can be started: {error}"),
            help: None,
        })?;
    runtime.block_on(account(wanted))
}

async fn account(wanted: Wanted<'_>) -> Result<Live, Failure> {
    let settings = client::settings(wanted.profile, wanted.region).await?;
    let home = client::home(&settings).await?;
    let calls = Calls::default();
    let roles = later(iam::read(&settings, &calls));
    let secrets = later(secrets::read(&settings, &calls));
    let keys = later(kms::read(&settings, &calls));
    let parameters = later(parameters::read(&settings, &calls));
    let clusters = later(eks::read(&settings, &calls, &home, wanted.cluster));
    let place = later(organization::read(&settings, &calls, &home.account));
    let (clusters, roles, secrets, keys, parameters, place) =
        tokio::try_join!(clusters, roles, secrets, keys, parameters, place)?;
    let (keys, unread_grants) = keys;
    let (parameters, unread_shares) = parameters;
    let mut refused = calls.refused();
    let is_named = |sentence: &String| sentence.starts_with("organizations:");
    if place == Place::Unknown && !refused.iter().any(is_named) {
        refused.push("unknown: the SCPs and RCPs of the account, because the organization does not show its place in the tree of units".to_owned());
    }
    Ok(Live {
        account: home.account,
        region: home.region,
        partition: home.partition,
        answers: [clusters, roles, secrets, keys, parameters].concat(),
        place,
        unread_grants,
        unread_shares,
        refused,
    })
}

/// The future of a service, boxed: all of them together would be a large value.
fn later<'a, T: 'a>(
    future: impl Future<Output = Result<T, Failure>> + 'a,
) -> std::pin::Pin<Box<dyn Future<Output = Result<T, Failure>> + 'a>> {
    Box::pin(future)
}
