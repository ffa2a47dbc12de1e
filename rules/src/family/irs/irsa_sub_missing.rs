//! IRS102 `irsa-sub-missing`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::document::providers::{is_of_cluster, tests_claim, unknown_providers};
use crate::finding::Findings;
use crate::world::subjects::written;
use policy_engine::request::Principal;

rule! {
    /// Flags a trust policy for a cluster's identity provider without a condition on the subject.
    ///
    /// # Why it matters
    ///
    /// The cluster issues tokens for all its service accounts. Each of them, in any namespace, can assume the role and read
    /// its secrets.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EX"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/EX:aud": "sts.amazonaws.com"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Require the subject of the service account:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EX"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/EX:aud": "sts.amazonaws.com", "oidc.eks.us-east-1.amazonaws.com/id/EX:sub": "system:serviceaccount:dev:app"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// locals {
    ///   issuer = replace(aws_iam_openid_connect_provider.prod.url, "https://", "")
    /// }
    ///
    /// data "aws_iam_policy_document" "legacy_trust" {
    ///   statement {
    ///     actions = ["sts:AssumeRoleWithWebIdentity"]
    ///     principals {
    ///       type        = "Federated"
    ///       identifiers = [aws_iam_openid_connect_provider.prod.arn]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "${local.issuer}:aud"
    ///       values   = ["sts.amazonaws.com"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "${local.issuer}:sub"
    ///       values   = ["system:serviceaccount:dev:app"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html>
    "IRS102" "irsa-sub-missing", Critical Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let unknown = unknown_providers(document);
    for (statement, entry) in unknown.filter(|(_, entry)| is_of_cluster(entry)) {
        if tests_claim(statement, ":sub") {
            continue;
        }
        let draft = document.in_statement(
            statement,
            entry.value.origin,
            "accepts every service account",
            format!(
                "every service account of the cluster can assume `{}`",
                document.object
            ),
        );
        let subjects = written(&context.index, document);
        findings.add(draft.help(format!(
            "add a StringEquals condition on the key `…:sub` of the issuer: {subjects}"
        )));
    }
    for (statement, entry, host) in crate::document::clusters(document) {
        let subject = format!("{host}:sub");
        // The request never contains the subject of another issuer, so the statement allows no one.
        if statement
            .conditions
            .iter()
            .any(|condition| key(condition).ends_with(":sub"))
        {
            continue;
        }
        // Requests with a web identity contain only claims of their issuer and keys of AWS.
        // A token of EKS has no other claims that conditions can test.
        let claims = [format!("{host}:sub"), format!("{host}:aud")];
        let is_claim = |key: &str| claims.iter().any(|own| own.eq_ignore_ascii_case(key));
        let issuer = |key: &str| key.starts_with("aws:");
        let probe = Probe::meeting(
            document,
            statement,
            "sts:AssumeRoleWithWebIdentity",
            |own| !is_claim(key(own)) && !issuer(key(own)),
        );
        let caller = Principal::WebIdentity {
            provider: entry.value.text.clone(),
        };
        let probe = probe.map(|probe| {
            probe
                .by(caller)
                .with(&subject, "system:serviceaccount:any:any")
        });
        let Some(proof) = probe.and_then(|probe| probe.resource_allows(context, document)) else {
            continue;
        };
        let draft = document
            .in_statement(
                statement,
                entry.value.origin,
                "accepts every service account",
                format!(
                    "every service account of the cluster can assume `{}`",
                    document.object
                ),
            )
            .because(subject.as_str())
            .help(format!(
                "add to Condition.StringEquals: \"{subject}\": {}",
                written(&context.index, document)
            ))
            .request(Some(proof));
        findings.add(draft);
    }
}
