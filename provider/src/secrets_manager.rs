//! Secrets Manager: keeps a mounted value that is current, else fetches it; calls both regions at the same time.

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

/// The labels of each version id.
type Stages = HashMap<String, Vec<String>>;

/// A value and its version.
struct Fetched {
    files: Vec<OutputFile>,
    version: String,
}

/// Fetches the files of one secret; decides between the regions as upstream does.
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
            Ok(fetched) => Ok(fetched.files),
            Err(failure) => Err(failed(fetch, descriptor, &[failure])),
        };
    };
    let wanted = objects::failover(descriptor);
    // The failover region is checked with `DescribeSecret`, which upstream sends after a success in the primary region.
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
            Ok(fetched) => {
                fetch.note(&descriptor.name.value, &failure);
                Ok(fetched.files)
            }
            Err(other) => Err(failed(fetch, descriptor, &[failure, other])),
        },
        Ok(fetched) => {
            let checked = check(region, wanted, &fetched.version, described).await;
            match checked {
                Err(failure) if failure.fatal => Err(failed(fetch, descriptor, &[failure])),
                Err(failure) => {
                    fetch.note(&descriptor.name.value, &failure);
                    Ok(fetched.files)
                }
                Ok(()) => Ok(fetched.files),
            }
        }
    }
}

/// The check of the failover region that upstream makes at every mount, also if the primary region answers.
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

/// Fetches from one region: the mounted value if it is current, else the value of the secret.
async fn ask(
    fetch: &Fetch,
    region: &Region,
    descriptor: &Descriptor,
    wanted: Wanted<'_>,
    known: Option<&str>,
    described: Option<Result<Stages, Failure>>,
) -> Result<Fetched, Failure> {
    if let Some(version) = known {
        let current = if wanted.version.is_empty() {
            let described = match described {
                Some(described) => described,
                None => describe(region, wanted.name).await,
            };
            match described {
                Ok(stages) => carries(&stages, version, wanted.label),
                Err(failure) if failure.is_denial() => {
                    warn!(
                        region = shown(&region.name),
                        object = shown(&descriptor.name.value),
                        cause = shown(&failure.cause()),
                        "AWS denies DescribeSecret; the provider fetches the secret without a comparison of versions"
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
                return Ok(Fetched { files, version });
            }
        }
    }
    let (value, version) = get(region, wanted).await?;
    if value.len() == 0 {
        warn!(
            region = shown(&region.name),
            object = shown(&descriptor.name.value),
            "the secret has an empty value"
        );
    }
    let files = fetch.files(region, descriptor, value, &version)?;
    Ok(Fetched { files, version })
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

/// Whether a version has the wanted label.
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

/// The error of the fatal failure, else of all failures.
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
