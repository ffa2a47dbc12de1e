//! Parameter Store: batches of ten, both regions at the same time, each answer matched to its request.

use crate::{
    aws::{Failure, GET_PARAMETERS, LOCAL},
    error::{Kind, MountError},
    fetch::{Fetch, OutputFile},
    objects::{self, Wanted},
    region::Region,
    secret_value::SecretValue,
};
use policy_engine::inventory::class::Descriptor;

/// The limit of names per `GetParameters` (AWS Systems Manager API Reference, "GetParameters"); a batch fails over as a whole.
pub(crate) const BATCH: usize = 10;

const FAILED: &str = "Failed to fetch parameters from all regions.";

/// Fetches the files of a batch: one list per descriptor.
pub(crate) async fn fetch(
    fetch: &Fetch,
    batch: &[Descriptor],
) -> Result<Vec<Vec<OutputFile>>, MountError> {
    let in_primary = ask(fetch, &fetch.primary, batch, objects::primary);
    let Some(region) = &fetch.failover else {
        return in_primary
            .await
            .map_err(|failure| failed(fetch, batch, &[failure]));
    };
    let in_failover = ask(fetch, region, batch, objects::failover);
    let (in_primary, in_failover) = tokio::join!(in_primary, in_failover);
    match (in_primary, in_failover) {
        (Err(failure), _) if failure.fatal => Err(failed(fetch, batch, &[failure])),
        (_, Err(failure)) if failure.fatal => Err(failed(fetch, batch, &[failure])),
        (Ok(files), Err(failure)) | (Err(failure), Ok(files)) => {
            fetch.note(&names(batch), &failure);
            Ok(files)
        }
        (Ok(files), Ok(_)) => Ok(files),
        (Err(first), Err(second)) => Err(failed(fetch, batch, &[first, second])),
    }
}

/// A parameter of an answer.
struct Parameter {
    name: String,
    arn: String,
    version: i64,
    value: SecretValue,
}

/// Fetches one batch from one region.
async fn ask(
    fetch: &Fetch,
    region: &Region,
    batch: &[Descriptor],
    wanted: impl Fn(&Descriptor) -> Wanted<'_>,
) -> Result<Vec<Vec<OutputFile>>, Failure> {
    let requests: Vec<String> = batch
        .iter()
        .map(|descriptor| request(wanted(descriptor)))
        .collect();
    let mut answers = Vec::new();
    for names in rounds(&requests) {
        let answer = get(region, names.clone()).await?;
        answers.push((names, answer));
    }
    let mut files = Vec::with_capacity(batch.len());
    for (descriptor, request) in batch.iter().zip(&requests) {
        let Some(parameter) = answer_to(request, &answers) else {
            let text = format!("AWS neither returned {request} nor reported it as invalid");
            return Err(Failure::local(
                &region.name,
                GET_PARAMETERS,
                "NoAnswer",
                text,
            ));
        };
        let version = parameter.version.to_string();
        files.push(fetch.files(region, descriptor, parameter.value.clone(), &version)?);
    }
    Ok(files)
}

const INVALID: &str = "InvalidParameters";

/// Distinct requests, in rounds without two requests for one parameter, by name, by ARN or with a selector: AWS does not document
/// whether one call accepts these, and how their answers differ (DEV-9).
fn rounds(requests: &[String]) -> Vec<Vec<String>> {
    let mut rounds: Vec<Vec<String>> = Vec::new();
    for request in requests {
        if rounds.iter().flatten().any(|other| other == request) {
            continue;
        }
        let free = rounds
            .iter_mut()
            .find(|round| round.iter().all(|other| path(other) != path(request)));
        match free {
            Some(round) => round.push(request.clone()),
            None => rounds.push(vec![request.clone()]),
        }
    }
    rounds
}

/// One call.
async fn get(region: &Region, names: Vec<String>) -> Result<Vec<Parameter>, Failure> {
    let answer = region
        .call(GET_PARAMETERS, |clients| {
            clients
                .ssm
                .get_parameters()
                .set_names(Some(names))
                .with_decryption(true)
                .send()
        })
        .await?;
    let mut invalid: Vec<String> = Vec::new();
    for name in answer.invalid_parameters.unwrap_or_default() {
        if !invalid.contains(&name) {
            invalid.push(name);
        }
    }
    if !invalid.is_empty() {
        let names = invalid.join(", ");
        let text = format!("400: {}: invalid parameters: {names}", region.name);
        let mut failure = Failure::local(&region.name, GET_PARAMETERS, INVALID, text);
        failure.fatal = true;
        failure.kind = Kind::NotFound;
        return Err(failure);
    }
    let parameters = answer.parameters.unwrap_or_default().into_iter();
    Ok(parameters
        .map(|parameter| Parameter {
            name: parameter.name.unwrap_or_default(),
            arn: parameter.arn.unwrap_or_default(),
            version: parameter.version,
            value: SecretValue::new(parameter.value.unwrap_or_default().into_bytes()),
        })
        .collect())
}

/// The name with its version or label, as `GetParameters` accepts it.
fn request(wanted: Wanted<'_>) -> String {
    let Wanted {
        name,
        version,
        label,
    } = wanted;
    match (version, label) {
        ("", "") => name.to_owned(),
        ("", selector) | (selector, _) => format!("{name}:{selector}"),
    }
}

/// The parameter that answers a request: one of its round, by name or ARN.
fn answer_to<'a>(
    request: &str,
    answers: &'a [(Vec<String>, Vec<Parameter>)],
) -> Option<&'a Parameter> {
    let asked = |names: &[String]| names.iter().any(|name| name == request);
    let (_, parameters) = answers.iter().find(|(names, _)| asked(names))?;
    let base = base(request);
    parameters
        .iter()
        .find(|parameter| parameter.name == base || parameter.name == request)
        .or_else(|| parameters.iter().find(|parameter| parameter.arn == base))
}

/// The name or ARN of a request without its selector.
pub(crate) fn base(request: &str) -> &str {
    let colons = if request.starts_with("arn:") { 5 } else { 0 };
    let selector = request.match_indices(':').nth(colons).map(|(at, _)| at);
    selector.and_then(|at| request.get(..at)).unwrap_or(request)
}

/// The name of the parameter without its first slash, as an ARN contains it.
fn path(request: &str) -> &str {
    let base = base(request);
    let resource = base
        .strip_prefix("arn:")
        .and_then(|arn| arn.splitn(5, ':').nth(4)?.strip_prefix("parameter"));
    let name = resource.unwrap_or(base);
    name.strip_prefix('/').unwrap_or(name)
}

fn names(batch: &[Descriptor]) -> String {
    let names: Vec<_> = batch
        .iter()
        .map(|descriptor| descriptor.name.value.as_str())
        .collect();
    names.join(", ")
}

fn failed(fetch: &Fetch, batch: &[Descriptor], failures: &[Failure]) -> MountError {
    let names = names(batch);
    match failures.iter().find(|failure| failure.fatal) {
        Some(failure) if failure.code == INVALID => MountError::new(failure.kind, &failure.message),
        Some(failure) => fetch.fatal("Failed fetching parameters", failure, &names),
        None => {
            let error = fetch.all_failed(FAILED, failures, &names);
            if failures.iter().all(|failure| failure.operation == LOCAL) {
                return MountError::invalid(error.to_string());
            }
            error
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(name: &str, version: i64) -> Parameter {
        Parameter {
            name: name.to_owned(),
            arn: format!("arn:aws:ssm:us-west-2:111122223333:parameter{name}"),
            version,
            value: SecretValue::new(Vec::new()),
        }
    }

    #[test]
    fn a_name_occurs_once_per_round_and_every_answer_matches_its_request() {
        let arn = "arn:aws:ssm:us-west-2:111122223333:parameter/a";
        let requests = ["/a:1", "/b", "/a:prod", "/b", arn, "/a"].map(str::to_owned);
        let rounds = rounds(&requests);
        let expected = [vec!["/a:1", "/b"], vec!["/a:prod"], vec![arn], vec!["/a"]];
        assert_eq!(rounds, expected);
        let answers: Vec<_> = rounds
            .into_iter()
            .zip([
                vec![parameter("/b", 5), parameter("/a", 1)],
                vec![parameter("/a", 2)],
                vec![parameter("/a", 3)],
                vec![],
            ])
            .collect();
        let version = |request: &str| answer_to(request, &answers).map(|answer| answer.version);
        assert_eq!(version("/a:1"), Some(1));
        assert_eq!(version(arn), Some(3));
        assert_eq!(version("/b"), Some(5));
        assert_eq!(version("/a:prod"), Some(2));
        assert_eq!(version("/a"), None);
        assert_eq!(base(&format!("{arn}:3")), arn);
    }
}
