//! XAC107 `foreign-tags-trusted-blindly`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{key, names_role};
use crate::document::tags::{Tag, tag};
use crate::document::{Document, Owner, entries, named};
use crate::finding::Findings;
use policy_engine::request::Principal;

rule! {
    /// Flags the policy of a secret or key with a condition on the principal tags of another account, if the policy does not
    /// name the role.
    ///
    /// # Why it matters
    ///
    /// An administrator of the other account can give any role or session the required tag, and then read the secret. The tag
    /// protects the secret only if the policy also limits the roles that can present it.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/kubernetes-namespace": "dev"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Name the role as principal, and keep the condition on its tags:
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:PrincipalTag/kubernetes-namespace": "dev", "aws:PrincipalTag/eks-cluster-arn": "arn:aws:eks:us-east-1:111122223333:cluster/prod"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/app"]
    ///     }
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:PrincipalTag/kubernetes-namespace"
    ///       values   = ["dev"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:PrincipalTag/eks-cluster-arn"
    ///       values   = ["arn:aws:eks:us-east-1:111122223333:cluster/prod"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    "XAC107" "foreign-tags-trusted-blindly", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let account = match document.owner {
        Owner::Secret(secret) => secret.account.as_str(),
        Owner::Key(key) => key.account.as_str(),
        _ => return,
    };
    for statement in document.allows() {
        let Some(action) = named(statement, &["secretsmanager:GetSecretValue", "kms:Decrypt"])
        else {
            continue;
        };
        let by_tag = statement
            .conditions
            .iter()
            .find(|condition| match tag(condition) {
                Some(Tag::Principal(_)) => true,
                Some(Tag::Resource(_)) => condition
                    .values
                    .iter()
                    .any(|value| value.text.literal().contains("aws:PrincipalTag/")),
                _ => false,
            });
        let entries = entries(statement);
        let whole = entries.into_iter().find_map(|entry| {
            let text = entry.value.text.literal();
            let foreign = text
                .strip_suffix(":root")
                .and_then(|head| head.rsplit(':').next())
                .unwrap_or(text);
            (foreign.len() == 12 && foreign != account).then_some((entry, foreign))
        });
        let named_role = statement.conditions.iter().any(names_role);
        let Some((condition, (entry, foreign))) = by_tag.zip(whole).filter(|_| !named_role) else {
            continue;
        };
        let Ok(stranger) = Principal::parse(&format!("arn:aws:iam::{foreign}:role/anybody")) else {
            continue;
        };
        let probe =
            Probe::meeting(document, statement, action, |_| false).map(|probe| probe.by(stranger));
        let Some(proof) = probe.and_then(|probe| probe.resource_allows(context, document)) else {
            continue;
        };
        let draft = document
            .in_statement(
                statement,
                condition.key.origin,
                "every role of that account can have this tag",
                format!(
                    "any role of {foreign} with this tag can access `{}`, whoever set the tag",
                    document.object
                ),
            )
            .because(key(condition))
            .related(entry.value.origin, "every role of the account")
            .help("write the ARN of the role in `Principal`, and also test `aws:PrincipalTag/eks-cluster-arn`")
            .request(Some(proof));
        findings.add(draft);
    }
}
