//! ESC113 `role-tags-writable`.

use crate::ask::probe::Probe;
use crate::ask::tampering::allowed;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::world::by_tag;
use std::collections::BTreeSet;

rule! {
    /// Flags a role of pods, or a policy that allows reading secrets, with permission to tag roles.
    ///
    /// # Why it matters
    ///
    /// A session without its own value for a tag uses the tag of the role. A pod that can tag a role can therefore give the
    /// sessions of this role the tag of any tenant.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "iam:TagRole", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow only the read:
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
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>
    "ESC113" "role-tags-writable", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let dangers = allowed(context, document, &["iam:TagRole"]);
    if dangers.is_empty() {
        return;
    }
    let by_tag = by_tag::roles(context.inventory, &context.index);
    for danger in dangers {
        let any = BTreeSet::from(["kubernetes-namespace".to_owned()]);
        let any = std::iter::once((danger.probe.clone(), &any));
        let targets = by_tag.iter().flat_map(|own| {
            let probe = danger.probe.clone().on(own.role.arn.text().clone());
            let grants = own.grants.iter();
            grants.map(move |tags| (probe.clone(), tags))
        });
        // Each tag of a grant can have a guard of its own.
        let mut targets = any.chain(targets).map(|(probe, tags)| {
            let proofs = tags.iter().map(|tag| {
                let forging = |probe: Probe, tag: &String| {
                    probe.with(&format!("aws:RequestTag/{tag}"), "another-tenant")
                };
                let probe = tags
                    .iter()
                    .fold(probe.clone(), forging)
                    .with("aws:TagKeys", tag);
                let is_own = probe.allowed_alone(context, document, danger.statement);
                probe.allowed(context, document).filter(|_| is_own)
            });
            proofs.collect::<Option<Vec<_>>>()?.into_iter().next()
        });
        let Some(proof) = targets.find_map(|proof| proof) else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                danger.place,
                "changes tags of roles",
                format!("`{}` can change the tags of roles", document.object),
            )
            .because(danger.action)
            .help(danger.remedy(
                "remove the action, or list in `Resource` the roles whose tags no policy compares",
            ))
            .request(Some(proof));
        findings.add(draft);
    }
}
