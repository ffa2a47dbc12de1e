//! Secrets Manager: is what we have current, else fetch; both regions at once.

use crate::{
    aws::{DESCRIBE_SECRET, Failure, GET_SECRET_VALUE, LOCAL},
    error::{MountError, shown},
    fetch::{Fetch, OutputFile},
    objects::{self, Wanted},
    region::Region,
    secret_value::SecretValue,
};
use policy_engine::inventory::class::Descriptor;
use std::collections::HashMap;
use tracing::warn;

/// Version ids and the labels that each carries.
type Stages = HashMap<String, Vec<String>>;

/// A value and its version.
struct Found {
    files: Vec<OutputFile>,
    version: String,
}

/// The files of one secret, by the table of regions and failures.
pub(crate) async fn fetch(
    fetch: &Fetch,
    descriptor: &Descriptor,
) -> Result<Vec<OutputFile>, MountError> {
    let known = known_version(fetch, descriptor);
    let in_primary = ask(
        fetch,
        &fetch.primary,
        descriptor,
        objects::primary(descriptor),
        known,
        None,
    );
    let Some(region) = &fetch.failover else {
        return match in_primary.await {
            Ok(found) => Ok(found.files),
            Err(failure) => Err(failed(fetch, descriptor, &[failure])),
        };
    };
    let wanted = objects::failover(descriptor);
    // The check of the other region is `DescribeSecret`, as upstream's after a success in the primary region.
    let described = async {
        if wanted.version.is_empty() {
            Some(describe(region, wanted.name).await)
        } else {
            None
        }
    };
    let (in_primary, described) = tokio::join!(in_primary, described);
    match in_primary {
        Err(failure) if failure.fatal => Err(failed(fetch, descriptor, &[failure])),
        Err(failure) => match ask(fetch, region, descriptor, wanted, known, described).await {
            Ok(found) => {
                fetch.note(&descriptor.name.value, &failure);
                Ok(found.files)
            }
            Err(other) => Err(failed(fetch, descriptor, &[failure, other])),
        },
        Ok(found) => {
            let checked = check(region, wanted, &found.version, described).await;
            match checked {
                Err(failure) if failure.fatal => Err(failed(fetch, descriptor, &[failure])),
                Err(failure) => {
                    fetch.note(&descriptor.name.value, &failure);
                    Ok(found.files)
                }
                Ok(()) => Ok(found.files),
            }
        }
    }
}

/// The standing check of the failover region after the primary has answered.
async fn check(
    region: &Region,
    wanted: Wanted<'_>,
    version: &str,
    described: Option<Result<Stages, Failure>>,
) -> Result<(), Failure> {
    let same = match described {
        Some(stages) => carries(&stages?, version, wanted.label),
        None => wanted.version == version,
    };
    if same {
        return Ok(());
    }
    get(region, wanted).await.map(drop)
}

/// One region: what is mounted when it is current, else the secret's value.
async fn ask(
    fetch: &Fetch,
    region: &Region,
    descriptor: &Descriptor,
    wanted: Wanted<'_>,
    known: Option<&str>,
    described: Option<Result<Stages, Failure>>,
) -> Result<Found, Failure> {
    if let Some(version) = known {
        let current = if wanted.version.is_empty() {
            let described = match described {
                Some(described) => described,
                None => describe(region, wanted.name).await,
            };
            match described {
                Ok(stages) => carries(&stages, version, wanted.label),
                Err(failure) if failure.is_refusal() => {
                    warn!(
                        region = shown(&region.name),
                        object = shown(&descriptor.name.value),
                        cause = shown(&failure.cause()),
                        "cannot tell whether the secret has changed; it is fetched"
                    );
                    false
                }
                Err(failure) => return Err(failure),
            }
        } else {
            wanted.version == version
        };
        if current {
            let file = fetch.file_name(descriptor);
            if let Some(value) = fetch.mounted(&file).await {
                let version = version.to_owned();
                let files = fetch.files(region, descriptor, value, &version)?;
                return Ok(Found { files, version });
            }
        }
    }
    let (value, version) = get(region, wanted).await?;
    if value.len() == 0 {
        warn!(
            region = shown(&region.name),
            object = shown(&descriptor.name.value),
            "the secret is empty"
        );
    }
    let files = fetch.files(region, descriptor, value, &version)?;
    Ok(Found { files, version })
}

async fn get(region: &Region, wanted: Wanted<'_>) -> Result<(SecretValue, String), Failure> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let answer = region
        .call(GET_SECRET_VALUE, |clients| {
            clients
                .secrets_manager
                .get_secret_value()
                .secret_id(wanted.name)
                .set_version_id(some(wanted.version))
                .set_version_stage(some(wanted.label))
                .send()
        })
        .await?;
    let value = match (answer.secret_string, answer.secret_binary) {
        (Some(text), _) => text.into_bytes(),
        (None, Some(bytes)) => bytes.into_inner(),
        (None, None) => Vec::new(),
    };
    let version = answer.version_id.unwrap_or_default();
    Ok((SecretValue::new(value), version))
}

async fn describe(region: &Region, name: &str) -> Result<Stages, Failure> {
    let answer = region
        .call(DESCRIBE_SECRET, |clients| {
            clients
                .secrets_manager
                .describe_secret()
                .secret_id(name)
                .send()
        })
        .await?;
    Ok(answer.version_ids_to_stages.unwrap_or_default())
}

/// Whether a version carries the label that is wanted.
fn carries(stages: &Stages, version: &str, label: &str) -> bool {
    let label = if label.is_empty() {
        "AWSCURRENT"
    } else {
        label
    };
    stages
        .get(version)
        .is_some_and(|labels| labels.iter().any(|have| have == label))
}

fn known_version<'a>(fetch: &'a Fetch, descriptor: &Descriptor) -> Option<&'a str> {
    let file = fetch.file_name(descriptor);
    fetch.versions.get(&file).map(String::as_str)
}

/// The text: of the failure that is fatal, else of all.
fn failed(fetch: &Fetch, descriptor: &Descriptor, failures: &[Failure]) -> MountError {
    let name = &descriptor.name.value;
    if let Some(failure) = failures.iter().find(|failure| failure.fatal) {
        let what = if failure.operation == DESCRIBE_SECRET {
            format!("Failed to describe secret {name}")
        } else {
            format!("Failed fetching secret {name}")
        };
        return fetch.fatal(&what, failure, name);
    }
    let text = format!(
        "Failed to fetch secret from all regions. Verify secret exists and required permissions are granted for: {name}"
    );
    let error = fetch.all_failed(&text, failures, name);
    let local = failures.iter().all(|failure| failure.operation == LOCAL);
    if local {
        return MountError::invalid(error.to_string());
    }
    error
}
