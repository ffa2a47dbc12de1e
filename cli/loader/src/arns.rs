//! ARNs that follow from names; an unknown part of an ARN is a hole.
//!
//! Service Authorization Reference, "Resource types" of IAM, Secrets Manager, Systems Manager, KMS and EKS.

use policy_engine::text::{HoleKind, Text};

/// The partitions.
pub(crate) const PARTITIONS: [&str; 8] = [
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-eusc",
];

/// The partition of a region.
///
/// AWS General Reference, "Amazon Resource Names (ARNs)": each partition has regions of its own.
pub fn partition_of(region: &str) -> &'static str {
    const STARTS: [(&str, &str); 7] = [
        ("us-gov-", "aws-us-gov"),
        ("cn-", "aws-cn"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    let known = STARTS.iter().find(|(start, _)| region.starts_with(start));
    known.map_or("aws", |(_, partition)| partition)
}

/// The partition of what lies in a region; the stated one where no region is known.
pub(crate) fn partition(region: Option<&str>, stated: Option<&str>) -> String {
    let known = region.map(partition_of);
    known.or(stated).unwrap_or("aws").to_owned()
}

/// The placeholder for a name that AWS or a tool chooses when it creates a resource.
pub(crate) fn chosen_name(of: &str) -> String {
    format!("<{CHOSEN}{of}>")
}

const CHOSEN: &str = "name of ";

/// Whether a name or ARN may be that of any resource: a part of it is unknown, and is not newly generated.
pub(crate) fn is_open(shown: &str) -> bool {
    let text = Text::shown(shown);
    let mut holes = text.holes().iter();
    holes.any(|(_, hole)| !is_chosen(&hole.name))
}

/// Whether a hole is a name that AWS or a tool generates: it names one new resource and no other.
pub(crate) fn is_chosen(hole: &str) -> bool {
    hole.starts_with(CHOSEN)
}

/// The ARN of a role; the path begins and ends with a slash.
pub(crate) fn role_arn(partition: &str, account: &str, path: &str, name: &str) -> String {
    let path = path.trim_matches('/');
    let path = if path.is_empty() {
        "/".to_owned()
    } else {
        format!("/{path}/")
    };
    format!("arn:{partition}:iam::{account}:role{path}{name}")
}

pub(crate) fn parameter_arn(partition: &str, region: &str, account: &str, name: &str) -> String {
    let bare = name.strip_prefix('/').unwrap_or(name);
    format!("arn:{partition}:ssm:{region}:{account}:parameter/{bare}")
}

/// The ARN of a key; an id that is not known is a hole named after the key.
pub(crate) fn key_arn(
    partition: &str,
    region: &str,
    account: &str,
    id: Option<&str>,
    account_name: &str,
    name: &str,
) -> Text {
    let head = Text::shown(&format!("arn:{partition}:kms:{region}:{account}:key/"));
    head.then(&match id {
        Some(id) => Text::from(id),
        None => Text::hole(format!("id of {account_name}:{name}"), HoleKind::KeyId),
    })
}

/// The ARN of a secret; six characters that are not known are a hole named after the secret.
pub(crate) fn secret_arn(
    partition: &str,
    region: &str,
    account: &str,
    suffix: Option<&str>,
    account_name: &str,
    name: &str,
) -> Text {
    let head = Text::shown(&format!(
        "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-"
    ));
    head.then(&match suffix {
        Some(suffix) => Text::from(suffix),
        None => Text::hole(
            format!("suffix of {account_name}:{name}"),
            HoleKind::SecretSuffix,
        ),
    })
}

/// An alias with its prefix.
pub(crate) fn alias_name(alias: &str) -> String {
    if alias.starts_with("alias/") {
        alias.to_owned()
    } else {
        format!("alias/{alias}")
    }
}

/// The kind of a principal of AWS RAM: an account, a role or user, the whole organization, or the id of a unit of it.
pub(crate) fn share_of(principal: &str) -> &str {
    match principal.split_once(":organizations:") {
        Some((_, rest)) if rest.contains(":ou/") => rest.rsplit('/').next().unwrap_or(rest),
        Some(_) => "organization",
        None => principal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_lies_in_one_partition() {
        assert_eq!(partition_of("us-gov-west-1"), "aws-us-gov");
        assert_eq!(partition_of("us-isob-east-1"), "aws-iso-b");
        assert_eq!(partition_of("us-west-2"), "aws");
        assert_eq!(partition(Some("cn-north-1"), Some("aws")), "aws-cn");
        assert_eq!(partition(None, Some("aws-cn")), "aws-cn");
    }

    #[test]
    fn a_share_with_a_unit_is_none_with_the_organization() {
        let of = |rest: &str| format!("arn:aws:organizations::999988887777:{rest}");
        assert_eq!(share_of(&of("organization/o-a1")), "organization");
        assert_eq!(share_of(&of("ou/o-a1/ou-ab12-cdef")), "ou-ab12-cdef");
        assert_eq!(share_of("111122223333"), "111122223333");
    }
}
