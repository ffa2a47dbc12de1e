//! TAG135 `principal-arn-session-form`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key, literal_values};
use crate::document::{Document, is_allow};
use crate::finding::Grade;
use crate::finding::{Findings, Fix};

rule! {
    /// Flags `aws:PrincipalArn` compared with the ARN of a session.
    ///
    /// # Why it matters
    ///
    /// The key holds the ARN of the role, not of its session.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:sts::111122223333:assumed-role/app/*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app"}}}
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: names the role.
    "TAG135" "principal-arn-session-form", High Break High,
    needs: [Policies], aws: [], fix: Some(Grade::Repair), Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document)
        .filter(|(_, condition)| key(condition).eq_ignore_ascii_case("aws:PrincipalArn"))
    {
        for (value, place) in literal_values(condition) {
            let Some((head, rest)) = value.split_once(":assumed-role/") else {
                continue;
            };
            let role = rest.split('/').next().unwrap_or(rest);
            let right = format!("{}:role/{role}", head.replace(":sts:", ":iam:"));
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "a session's ARN",
                    "`aws:PrincipalArn` holds the ARN of the role, not of its session",
                )
                .because(value)
                .help(format!("\"{right}\""));
            let mut draft = draft;
            let grade = if is_allow(statement) {
                Grade::Repair
            } else {
                Grade::Unsafe
            };
            draft.fix = Some(Fix {
                grade,
                edits: vec![(place, format!("\"{right}\""))],
            });
            findings.add(draft);
        }
    }
}
