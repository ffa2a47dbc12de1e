//! The ARN that a malformed text was intended to be.

/// The services whose ARNs a text without `arn:` can begin with.
const SERVICES: [&str; 5] = ["secretsmanager", "ssm", "kms", "iam", "sts"];

/// The ARN that a text without the prefix `arn:` was intended to be; `None` if a part is missing.
pub(crate) fn prefixed(text: &str) -> Option<String> {
    let text = text.trim();
    let count = text.split(':').count();
    let (first, rest) = text.split_once(':')?;
    if first.eq_ignore_ascii_case("arn") && rest.starts_with("aws") {
        return Some(format!("arn:{rest}"));
    }
    let is_partition = first == "aws" || first.starts_with("aws-");
    if is_partition && count >= 5 {
        return Some(format!("arn:{text}"));
    }
    (SERVICES.contains(&first) && count >= 4).then(|| format!("arn:aws:{text}"))
}

/// The ARN of the resource that a name in a statement about a service was intended to be; account and region, and a name with other parts, are
/// left to the author.
pub(crate) fn named(service: &str, name: &str) -> Option<String> {
    let is_name = !name.is_empty() && !name.contains(':');
    let or = |placeholder: &str| {
        let own = if is_name { name } else { placeholder };
        own.trim_start_matches('/').to_owned()
    };
    match service {
        "secretsmanager" => {
            let own = or("<name>");
            let suffix = if own.contains('*') { "" } else { "-??????" };
            let start = "arn:aws:secretsmanager:<region>:<account id>:secret:";
            Some(format!("{start}{own}{suffix}"))
        }
        "ssm" => {
            let own = or("<name>");
            let start = "arn:aws:ssm:<region>:<account id>:parameter/";
            Some(format!("{start}{own}"))
        }
        "kms" => Some("arn:aws:kms:<region>:<account id>:key/<key id>".to_owned()),
        _ => None,
    }
}

/// The last part of an ARN of a service with its resource type; `None` if the name is not known from it.
pub(crate) fn typed(service: &str, own: &str) -> Option<String> {
    let (kind, sign) = match service {
        "secretsmanager" => ("secret", ':'),
        "kms" => ("key", '/'),
        _ => return None,
    };
    let name = match own.strip_prefix(kind) {
        Some(rest) => rest.strip_prefix([':', '/', '-'])?,
        None => own,
    };
    // The name of a key in a statement would be that of an alias, which matches no key (docs/semantics.md#kms-keys).
    let is_name = !name.is_empty() && (kind != "key" || is_key_id(name));
    is_name.then(|| format!("{kind}{sign}{name}"))
}

/// Whether a text is the id of a KMS key: a UUID, or `mrk-` and 32 digits (AWS KMS Developer Guide, "Key identifiers (KeyId)").
fn is_key_id(text: &str) -> bool {
    let is_hexadecimal = |own: &str| own.bytes().all(|byte| byte.is_ascii_hexdigit());
    match text.strip_prefix("mrk-") {
        Some(rest) => rest.len() == 32 && is_hexadecimal(rest),
        None => text == "*" || text.len() == 36 && text.split('-').all(is_hexadecimal),
    }
}

/// The form of an ARN in the catalog with the partition, the region and the account of another ARN; the other parts are placeholders.
pub(crate) fn filled(form: &str, fields: &[&str]) -> String {
    let field = |at: usize, placeholder: &str| match fields.get(at) {
        Some(own) if !own.is_empty() => (*own).to_owned(),
        _ => placeholder.to_owned(),
    };
    let form = form
        .replace("${Partition}", &field(1, "aws"))
        .replace("${Region}", &field(3, "<region>"))
        .replace("${Account}", &field(4, "<account id>"));
    form.replace("${", "<").replace('}', ">")
}

#[cfg(test)]
mod tests {
    use super::{filled, named, prefixed, typed};

    #[test]
    fn an_arn_without_its_beginning_is_completed() {
        for (text, own) in [
            (
                "aws:kms:us-east-1:111122223333:key/*",
                Some("arn:aws:kms:us-east-1:111122223333:key/*"),
            ),
            (
                " arn:aws:ssm:us-east-1:111122223333:parameter/a",
                Some("arn:aws:ssm:us-east-1:111122223333:parameter/a"),
            ),
            (
                "ARN:aws-cn:ssm:cn-north-1:111122223333:parameter/a",
                Some("arn:aws-cn:ssm:cn-north-1:111122223333:parameter/a"),
            ),
            (
                "kms:us-east-1:111122223333:key/*",
                Some("arn:aws:kms:us-east-1:111122223333:key/*"),
            ),
            ("secret:db", None),
            ("db", None),
        ] {
            assert_eq!(prefixed(text).as_deref(), own, "{text}");
        }
        let secret = "arn:aws:secretsmanager:<region>:<account id>:secret:db-??????";
        assert_eq!(named("secretsmanager", "db").as_deref(), Some(secret));
        assert_eq!(named("s3", "db"), None);
    }

    #[test]
    fn a_name_gets_its_resource_type() {
        let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
        for (service, own, right) in [
            ("secretsmanager", "db-AbCdEf", Some("secret:db-AbCdEf")),
            ("secretsmanager", "secret/a/b", Some("secret:a/b")),
            ("kms", id, Some("key/1234abcd-12ab-34cd-56ef-1234567890ab")),
            ("kms", "key:*", Some("key/*")),
            ("kms", "app", None),
            ("iam", "app", None),
        ] {
            assert_eq!(typed(service, own).as_deref(), right, "{own}");
        }
        let fields = ["arn", "aws", "iam", "", "111122223333", "app"];
        let form = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}";
        let role = "arn:aws:iam::111122223333:role/<RoleNameWithPath>";
        assert_eq!(filled(form, &fields), role);
    }
}
