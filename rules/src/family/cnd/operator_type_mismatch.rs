//! CND119 `operator-type-mismatch`.

use crate::catalog::ValueType;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, is_text, key, value_type};
use crate::finding::Findings;

rule! {
    /// Flags a string operator on a key with Boolean, numeric, date or IP address values.
    ///
    /// # Why it matters
    ///
    /// String operators compare the spelling: `true` differs from `True`, and a CIDR range matches only the same text. The
    /// statement matches fewer requests than intended.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:MultiFactorAuthPresent": "true"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use the operator of the key's type:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
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
    ///       test     = "Bool"
    ///       variable = "aws:MultiFactorAuthPresent"
    ///       values   = ["true"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CND119" "operator-type-mismatch", Medium Break High,
    needs: [Policies, Catalog], aws: ["TYPE_MISMATCH"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let Some(operator) = condition.parsed.filter(|operator| is_text(*operator)) else {
            continue;
        };
        let right = match value_type(context.catalog, condition) {
            Some(ValueType::Bool) => "Bool",
            Some(ValueType::Numeric) => "NumericEquals",
            Some(ValueType::Date) => "DateEquals",
            Some(ValueType::Ip) if operator.negated => "NotIpAddress",
            Some(ValueType::Ip) => "IpAddress",
            Some(ValueType::String | ValueType::Arn) | None => continue,
        };
        let message = format!("this operator compares `{}` as text", key(condition));
        let draft = document
            .in_statement(
                statement,
                condition.operator.origin,
                "compares the value as text",
                message,
            )
            .because(key(condition))
            .help(right);
        findings.add(draft);
    }
}
