//! PRN111 `federated-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::PrincipalKind;

rule! {
    /// Flags a federated principal that is neither the ARN of a provider nor a host name.
    ///
    /// # Why it matters
    ///
    /// IAM accepts only the ARN of a provider or the host name of a provider that it knows. It rejects the trust policy, and
    /// the role is not created or changed.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "my idp"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"idp.example.com:sub": "ci"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the ARN of the identity provider:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/idp.example.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"idp.example.com:sub": "ci"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "Federated"
    ///       identifiers = ["arn:aws:iam::111122223333:oidc-provider/idp.example.com"]
    ///     }
    ///     actions = ["sts:AssumeRoleWithWebIdentity"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "idp.example.com:sub"
    ///       values   = ["ci"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "PRN111" "federated-malformed", High Break High,
    needs: [Policies], aws: ["INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Trust {
        return;
    }
    for (statement, entry) in crate::document::principals(document) {
        let Some(text) = entry
            .value
            .text
            .known()
            .filter(|_| entry.kind == PrincipalKind::Federated)
        else {
            continue;
        };
        let provider = [":oidc-provider/", ":saml-provider/"]
            .iter()
            .any(|part| text.contains(part));
        let host = text.contains('.') && !text.contains([' ', ':']);
        if provider || host {
            continue;
        }
        let draft = document
            .in_statement(
                statement,
                entry.value.origin,
                "not a provider",
                format!("`{text}` is neither the ARN of an identity provider nor a host name"),
            )
            .because(text)
            .help("arn:aws:iam::account:oidc-provider/host/path");
        findings.add(draft);
    }
}
