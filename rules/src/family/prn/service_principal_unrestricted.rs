//! PRN118 `service-principal-unrestricted`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::{Document, Owner, is_allow};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::text::regions;
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::PrincipalKind;

rule! {
    /// Flags a service principal without a condition on `aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID` or
    /// `aws:SourceOrgPaths`, if the service supports these keys.
    ///
    /// # Why it matters
    ///
    /// Any AWS account can configure the service so that it calls this resource (the confused deputy problem). POD104 reports
    /// the same for `pods.eks.amazonaws.com`.
    ///
    /// # Flagged
    ///
    /// ```json resource
    /// {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Require the source of the call:
    ///
    /// ```json resource
    /// {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:orders"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "Service"
    ///       identifiers = ["sns.amazonaws.com"]
    ///     }
    ///     actions   = ["sqs:SendMessage"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "ArnEquals"
    ///       variable = "aws:SourceArn"
    ///       values   = ["arn:aws:sns:us-east-1:111122223333:orders"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
    "PRN118" "service-principal-unrestricted", High Leak Medium,
    needs: [Policies], aws: ["RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"], fix: None, Check::Document(check);
}

/// Services that name the account on whose behalf they act, as of 21 August 2026.
const TELLING: [&str; 14] = [
    "sns",
    "s3",
    "events",
    "cloudtrail",
    "config",
    "cloudwatch",
    "budgets",
    "ses",
    "logs",
    "scheduler",
    "guardduty",
    "cloudfront",
    "apigateway",
    "delivery.logs",
];

/// Amazon CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service".
const OF_LOGS: &str = "add a condition on `kms:EncryptionContext:aws:logs:arn` with the ARNs of the log groups: `ArnLike`, and `arn:aws:logs:REGION:ACCOUNT:*` for all of the account";

/// Whether a document is the policy of a key with which no secret and no parameter of the sources is encrypted.
fn is_of_other_values(context: &Context<'_>, document: &Document<'_>) -> bool {
    let Owner::Key(key) = document.owner else {
        return false;
    };
    let keys = context.keys_of_values();
    keys.is_some_and(|keys| !keys.contains(&key.arn.to_string()))
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, entry) in crate::document::principals(document) {
        let text = entry.value.text.literal();
        let service = text.strip_suffix(".amazonaws.com").unwrap_or("");
        // `logs.us-east-1.amazonaws.com` is the form of CloudWatch Logs.
        let service = match service.rsplit_once('.') {
            Some((service, region)) if regions::exists(region) => service,
            _ => service,
        };
        let telling = entry.kind == PrincipalKind::Service && TELLING.contains(&service);
        // A weaker test of the source is PRN121.
        let tested = statement.conditions.iter().any(|condition| {
            let name = key(condition).to_ascii_lowercase();
            // The context of CloudTrail and CloudWatch Logs contains the ARN of the trail or log group.
            let is_context =
                name.starts_with("kms:encryptioncontext:aws:") && name.ends_with(":arn");
            name.starts_with("aws:source") || name == "aws:referer" || is_context
        });
        if telling && !tested && is_allow(statement) {
            let draft = document
                .in_statement(
                    statement,
                    entry.value.origin,
                    "accepts requests for any account",
                    format!("the policy allows `{text}` on behalf of any account"),
                )
                .because(text)
                .help(if service == "logs" && document.kind == PolicyType::Key {
                    OF_LOGS
                } else {
                    "add a condition on `aws:SourceArn` or `aws:SourceAccount`"
                });
            findings.add(if is_of_other_values(context, document) {
                draft
                    .severity(Severity::Info)
                    .note("no secret and no parameter of the sources has this key")
            } else {
                draft
            });
        }
    }
}
