//! CND103 `condition-key-without-prefix`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::statement::Condition;

rule! {
    /// Flags a condition key without a prefix and a colon.
    ///
    /// # Why it matters
    ///
    /// Every condition key has the form `prefix:name`. AWS rejects the policy, and the deployment fails.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"PrincipalTag/team": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the prefix, for example `aws:`:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:PrincipalTag/team"
    ///       values   = ["a"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "CND103" "condition-key-without-prefix", High Break High,
    properties: [NamesMistake], needs: [Policies], aws: ["INVALID_CONDITION_KEY_FORMAT"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let name = key(condition);
        let formed = name
            .split_once(':')
            .is_some_and(|(prefix, rest)| !prefix.is_empty() && !rest.is_empty());
        if !formed && condition.key.text.is_known() {
            let message = format!(
                "`{name}` is not a condition key: a condition key has the form `prefix:name`"
            );
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    condition.key.origin,
                    "no prefix",
                    message,
                )
                .because(name)
                .help(right(context, name, condition));
            findings.add(draft);
        }
    }
}

/// The key that was probably intended.
fn right(context: &Context<'_>, name: &str, condition: &Condition) -> String {
    if let Some((kind, tag)) = name.split_once('/')
        && let Some(key) = TAGS.iter().find(|own| own.eq_ignore_ascii_case(kind))
    {
        return format!("write \"aws:{key}/{tag}\"");
    }
    // The issuer of a cluster is the prefix of the claims of its tokens: docs/semantics.md#irsa-chain.
    if name.contains('/') {
        let mut values = condition.values.iter();
        let is_audience = values.any(|value| value.text.literal() == "sts.amazonaws.com");
        let claim = if is_audience { "aud" } else { "sub" };
        return format!("write \"{name}:{claim}\"");
    }
    let prefixes = ["aws", "kms", "secretsmanager", "ssm", "sts"].into_iter();
    let mut keys = prefixes.map(|prefix| format!("{prefix}:{name}"));
    match keys.find(|key| context.catalog.key(key).is_some()) {
        Some(key) => format!("write \"{key}\""),
        None if name.is_empty() => "write the key as `prefix:name`".to_owned(),
        None => format!("write {name} with the prefix of its service"),
    }
}

/// The kinds of keys of tags.
const TAGS: [&str; 3] = ["ResourceTag", "PrincipalTag", "RequestTag"];
