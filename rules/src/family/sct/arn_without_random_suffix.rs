//! SCT109 `arn-without-random-suffix`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, is_allow};
use crate::finding::Findings;
use crate::finding::Grade;
use crate::finding::{Draft, Fix};
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags the ARN of a secret without its six-character suffix and without a wildcard.
    ///
    /// # Why it matters
    ///
    /// Secrets Manager adds a hyphen and six random characters to the ARN of each secret. AWS matches the complete ARN, so a
    /// pattern without the suffix matches no secret: an Allow gives no access, and a Deny protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db"}
    /// ```
    ///
    /// ```diff ascp-policy.yaml
    ///          policies:
    ///            read-one:
    ///              - Effect: Allow
    ///                Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// -              Resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local-??????
    /// +              Resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `-??????` for the suffix:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"]
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: appends `-??????`. Unsafe in a Deny, which then applies.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html>
    "SCT109" "arn-without-random-suffix", High Break High,
    needs: [Policies], aws: [], fix: Some(Grade::Repair), Check::Document(check), Check::Cause(find);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document.arns() {
        let Some(name) = arn
            .field(5)
            .strip_prefix("secret:")
            .filter(|_| arn.field(2) == "secretsmanager")
        else {
            continue;
        };
        let suffixed = name.len() > 7
            && name.get(name.len() - 7..).is_some_and(|tail| {
                tail.starts_with('-')
                    && tail
                        .bytes()
                        .skip(1)
                        .all(|byte| byte.is_ascii_alphanumeric())
            });
        if suffixed || name.is_empty() || name.contains(['*', '?', '$']) {
            continue;
        }
        let right = format!("{}-??????", arn.text);
        let grade = if is_allow(arn.statement) {
            Grade::Repair
        } else {
            Grade::Unsafe
        };
        let draft = document
            .dead(
                arn.statement,
                RULE.severity,
                arn.value.origin,
                "matches no secret",
                format!("`{name}` lacks the six random characters at the end of a secret ARN"),
            )
            .because(arn.text)
            .help(format!("\"{right}\""))
            .replace(grade, format!("\"{right}\""))
            .once(arn.statement.origin);
        findings.add(draft);
    }
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Policies(policies) = refusal else {
        return None;
    };
    let missed = policies.resource()?;
    let arn = missed.without_suffix()?;
    let place = missed.miss.origin;
    let message =
        case.message("the policy contains the ARN of the secret without its six random characters");
    let draft = case
        .at(place, "matches no secret", message)
        .mounted(case.mount.name.origin)
        .help(format!("{arn}-??????"))
        .fix(Fix {
            grade: Grade::Repair,
            edits: vec![(place, format!("\"{arn}-??????\""))],
        })
        .evidence(missed.miss);
    Some(draft)
}
