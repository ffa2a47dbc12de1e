//! The strings of a mount request as types, checked in the order of upstream.

use crate::{
    error::{MountError, json_problem},
    generated::MountRequest,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The audience of tokens for EKS Pod Identity.
pub(crate) const POD_IDENTITY_AUDIENCE: &str = "pods.eks.amazonaws.com";
/// The audience of tokens for IAM roles for service accounts.
pub(crate) const STS_AUDIENCE: &str = "sts.amazonaws.com";
const TOKENS: &str = "csi.storage.k8s.io/serviceAccount.tokens";

/// The addresses of the Pod Identity Agent that the provider tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AddressType {
    /// IPv4, then IPv6.
    Auto,
    /// IPv4 only.
    Ipv4,
    /// IPv6 only.
    Ipv6,
}

/// A pod's service account token; wiped when dropped, never printed.
#[derive(Clone)]
pub(crate) struct Token(Zeroizing<String>);

impl Token {
    /// The text, for the call that needs it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// The parts of the request that need no network call.
pub(crate) struct Attributes {
    values: BTreeMap<String, Option<String>>,
    tokens: BTreeMap<String, Token>,
    /// The default mode of the files.
    pub(crate) permission: u32,
    /// The mounted versions by file name, as the driver reports them.
    pub(crate) versions: BTreeMap<String, String>,
    /// Warnings about the attributes; logged.
    pub(crate) warnings: Vec<String>,
}

#[derive(Deserialize)]
struct TokenEntry {
    #[serde(default)]
    token: Option<String>,
}

impl Attributes {
    /// Reads target path, attributes, tokens, versions and permission, in this order.
    pub(crate) fn read(request: &MountRequest) -> Result<Self, MountError> {
        if request.target_path.is_empty() {
            return Err(MountError::invalid("Missing mount path"));
        }
        let mut values =
            serde_json::from_str::<Option<BTreeMap<String, Option<String>>>>(&request.attributes)
                .map_err(|error| {
                    let problem = json_problem(&error);
                    MountError::invalid(format!("failed to unmarshal attributes, error: {problem}"))
                })?
                .unwrap_or_default();
        let mut warnings = Vec::new();
        let tokens = tokens(values.remove(TOKENS).flatten(), &request.secrets)?;
        let versions = request
            .current_object_version
            .iter()
            .map(|object| (object.id.clone(), object.version.clone()))
            .collect();
        let permission = serde_json::from_str::<Option<u32>>(&request.permission)
            .map_err(|error| {
                let problem = json_problem(&error);
                MountError::invalid(format!(
                    "failed to unmarshal file permission, error: {problem}"
                ))
            })?
            .unwrap_or_else(|| {
                warnings.push("the permission of the request is `null`; 0644 applies".to_owned());
                0o644
            });
        Ok(Self {
            values,
            tokens,
            permission,
            versions,
            warnings,
        })
    }

    /// An attribute; empty if it is absent.
    pub(crate) fn get(&self, key: &str) -> &str {
        self.values
            .get(key)
            .and_then(Option::as_deref)
            .unwrap_or_default()
    }

    /// Every attribute that has a value.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        let values = self.values.iter();
        values.filter_map(|(key, value)| Some((key.as_str(), value.as_deref()?)))
    }

    /// The pod's namespace.
    pub(crate) fn namespace(&self) -> &str {
        self.get("csi.storage.k8s.io/pod.namespace")
    }

    /// The pod's name.
    pub(crate) fn pod(&self) -> &str {
        self.get("csi.storage.k8s.io/pod.name")
    }

    /// The pod's uid; empty if the request does not contain it.
    pub(crate) fn pod_uid(&self) -> &str {
        self.get("csi.storage.k8s.io/pod.uid")
    }

    /// The pod's service account.
    pub(crate) fn service_account(&self) -> &str {
        self.get("csi.storage.k8s.io/serviceAccount.name")
    }

    /// The token for an audience.
    pub(crate) fn token(&self, audience: &str, what: &str) -> Result<Token, MountError> {
        let problem = match self.tokens.get(audience) {
            None => format!(
                "token for audience \"{audience}\" not found - ensure tokenRequests includes this audience in CSIDriver"
            ),
            Some(token) if token.expose().is_empty() => {
                format!("token for audience \"{audience}\" is empty")
            }
            Some(token) => return Ok(token.clone()),
        };
        let text = format!("{what} token extraction failed: {problem}");
        Err(MountError::precondition(text))
    }

    /// The addresses of the agent that the provider tries.
    pub(crate) fn address_type(&mut self) -> AddressType {
        match self.get("preferredAddressType").to_lowercase().as_str() {
            "ipv4" => AddressType::Ipv4,
            "ipv6" => AddressType::Ipv6,
            "" | "auto" => AddressType::Auto,
            other => {
                let text = format!(
                    "preferredAddressType `{other}` is not `ipv4`, `ipv6` or `auto`; `auto` applies"
                );
                self.warnings.push(text);
                AddressType::Auto
            }
        }
    }

    /// Whether numbers, booleans, objects and lists that `jmesPath` finds are written as JSON.
    pub(crate) fn non_strings_as_json(&self) -> bool {
        self.get("jmesNonString").eq_ignore_ascii_case("json")
    }
}

/// The tokens, from the attribute or from the same key of `secrets` (DEV-3): with `serviceAccountTokenInSecrets` of the CSIDriver,
/// kubelet passes them there.
fn tokens(attribute: Option<String>, secrets: &str) -> Result<BTreeMap<String, Token>, MountError> {
    let text = attribute
        .filter(|text| !text.is_empty())
        .or_else(|| {
            let mut secrets =
                serde_json::from_str::<BTreeMap<String, serde_json::Value>>(secrets).ok()?;
            match secrets.remove(TOKENS)? {
                serde_json::Value::String(text) if !text.is_empty() => Some(text),
                _ => None,
            }
        })
        .map(Zeroizing::new)
        .ok_or_else(|| {
            MountError::precondition(
                "CSI token error: serviceAccount.tokens not provided - ensure tokenRequests is configured in CSIDriver - ensure tokenRequests is configured in CSIDriver spec",
            )
        })?;
    let entries = serde_json::from_str::<Option<BTreeMap<String, Option<TokenEntry>>>>(&text)
        .map_err(|error| {
            let problem = json_problem(&error);
            MountError::invalid(format!(
                "CSI token error: failed to parse serviceAccount.tokens: {problem}"
            ))
        })?
        .unwrap_or_default();
    let tokens = entries.into_iter().map(|(audience, entry)| {
        let token = entry.and_then(|entry| entry.token).unwrap_or_default();
        (audience, Token(Zeroizing::new(token)))
    });
    Ok(tokens.collect())
}
