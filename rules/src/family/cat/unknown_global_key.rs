//! CAT102 `unknown-global-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use crate::finding::Grade;
use crate::text::letters::{Case, nearest_of};

rule! {
    /// Flags a condition key with the prefix `aws:` that does not exist, and suggests the most similar key.
    ///
    /// # Why it matters
    ///
    /// No request contains the key. A condition that requires the key never matches, and a negated condition always matches.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipleTag/team": "a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the name of an existing key:
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
    /// # Fix
    ///
    /// Repair: writes the most similar key, if a similar key exists.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CAT102" "unknown-global-key", High Break High,
    needs: [Policies, Catalog], aws: ["INVALID_GLOBAL_CONDITION_KEY"], fix: Some(Grade::Repair), Check::Document(check);
}

/// Retired keys, which other rules report.
const RETIRED: [&str; 2] = ["aws:arn", "aws:sourceowner"];

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let name = key(condition);
        let lower = name.to_ascii_lowercase();
        let is_tag = ["tag", "tag/"].iter().any(|end| lower.ends_with(end));
        let known = context.catalog.global(name).is_some() || RETIRED.contains(&lower.as_str());
        if !lower.starts_with("aws:")
            || known
            || (is_tag && !lower.contains('/'))
            || name.ends_with('/')
        {
            continue;
        }
        let message = format!("the condition key `{name}` does not exist");
        let draft = document
            .dead(
                statement,
                RULE.severity,
                condition.key.origin,
                "no request contains this key",
                message,
            )
            .because(name);
        let draft = context.dated(draft);
        findings.add(match near(context, name) {
            Some(near) => draft
                .help(format!("did you mean `{near}`?"))
                .replace(Grade::Repair, format!("\"{near}\"")),
            None => draft,
        });
    }
}

/// The global key nearest to a name; of a family, with the tag of the name.
fn near(context: &Context<'_>, name: &str) -> Option<String> {
    let (stem, tag) = name
        .split_once('/')
        .map_or((name, None), |(stem, tag)| (stem, Some(tag)));
    let stems = context
        .catalog
        .globals()
        .iter()
        .map(|known| known.name.split('/').next().unwrap_or(""));
    let near = nearest_of(stem, stems, 3, Case::Kept)?;
    Some(tag.map_or_else(|| near.to_owned(), |tag| format!("{near}/{tag}")))
}
