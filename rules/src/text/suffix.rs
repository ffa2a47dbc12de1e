//! The six characters at the end of a secret's ARN.

/// Whether a name ends as the ARN of a secret does, with a hyphen and six letters or digits: docs/semantics.md#names-in-arns.
pub(crate) fn looks_suffixed(name: &str) -> bool {
    let tail = name.rsplit_once('-').filter(|(head, _)| !head.is_empty());
    tail.is_some_and(|(_, tail)| {
        tail.len() == 6 && tail.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::looks_suffixed;

    #[test]
    fn a_hyphen_and_six_characters_look_like_the_end_of_an_arn() {
        for name in ["db-AbCdEf", "pay-secret", "a/b-123456", "a-b-backup"] {
            assert!(looks_suffixed(name), "{name}");
        }
        for name in [
            "db",
            "db-abc",
            "-secret",
            "db-abcdefg",
            "db-abc_ef",
            "db-abc/ef",
        ] {
            assert!(!looks_suffixed(name), "{name}");
        }
    }
}
