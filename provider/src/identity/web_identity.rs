//! `AssumeRoleWithWebIdentity`, with the same endpoint settings as the other services (DEV-1).

use crate::{
    attributes::Token,
    aws::{ASSUME_ROLE, Failure},
};
use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_types::region::Region;
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::{SystemTime, UNIX_EPOCH},
};

/// Exchanges the token of the pod for credentials of the role.
pub(super) async fn assume(
    settings: &SdkConfig,
    region: &str,
    role: &str,
    token: &Token,
    session_name: String,
) -> Result<Credentials, Failure> {
    let config = aws_sdk_sts::config::Builder::from(settings)
        .region(Region::new(region.to_owned()))
        .build();
    let answer = aws_sdk_sts::Client::from_conf(config)
        .assume_role_with_web_identity()
        .role_arn(role)
        .role_session_name(session_name)
        .web_identity_token(token.expose())
        .send()
        .await
        .map_err(|error| Failure::from_sdk(region, ASSUME_ROLE, &error))?;
    let Some(credentials) = answer.credentials else {
        let text = "the answer contains no credentials";
        return Err(Failure::local(region, ASSUME_ROLE, "NoCredentials", text));
    };
    let expiry = SystemTime::try_from(credentials.expiration).ok();
    Ok(Credentials::new(
        credentials.access_key_id,
        credentials.secret_access_key,
        Some(credentials.session_token),
        expiry,
        "AssumeRoleWithWebIdentity",
    ))
}

/// A session name that contains namespace, service account and pod (DEV-20).
pub(super) fn session_name(namespace: &str, service_account: &str, pod: &str) -> String {
    let whole = format!("{namespace}@{service_account}@{pod}");
    let allowed =
        |character: char| character.is_ascii_alphanumeric() || "_+=,.@-".contains(character);
    let name: String = whole
        .chars()
        .map(|character| if allowed(character) { character } else { '-' })
        .collect();
    if name.len() <= 64 {
        return name;
    }
    let mut hasher = DefaultHasher::new();
    whole.hash(&mut hasher);
    let start: String = name.chars().take(55).collect();
    format!("{start}-{:08x}", hasher.finish() & 0xffff_ffff)
}

/// The session name of upstream: the time in nanoseconds.
pub(super) fn legacy_name() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_nanos().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_names_fit_sts_and_differ_per_pod() {
        assert_eq!(session_name("qa", "app", "app-1"), "qa@app@app-1");
        assert_eq!(session_name("q a", "é", "p"), "q-a@-@p");
        let long = "x".repeat(80);
        let (first, second) = (
            session_name("ns", &long, "pod-1"),
            session_name("ns", &long, "pod-2"),
        );
        assert_eq!(first.len(), 64);
        assert_ne!(first, second);
        assert!(session_name("", "", "").len() >= 2);
    }
}
