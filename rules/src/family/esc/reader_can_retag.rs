//! ESC101 `reader-can-retag`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::tags::tag;
use crate::document::{Document, Owner, READS, TAGS, resources};
use crate::finding::Findings;
use crate::text::globs::has_wildcard;
use policy_engine::policy::statement::Statement;

rule! {
    /// Flags a role of pods, or a policy that allows reading secrets, with permission to tag secrets of other tenants.
    ///
    /// # Why it matters
    ///
    /// The pod can write its own namespace into the tags of any secret. The condition on the tags then allows the pod to read
    /// that secret.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Allow", "Action": "secretsmanager:TagResource", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow only the read:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/kubernetes-namespace"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # When to allow it
    ///
    /// Allow tagging in the role of the pipeline that creates the secrets.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
    "ESC101" "reader-can-retag", Critical Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in crate::ask::tampering::allowed(context, document, &TAGS) {
        // A test of tags on one side only is ESC102.
        let tested = danger
            .statement
            .conditions
            .iter()
            .any(|condition| tag(condition).is_some());
        let probe = danger
            .probe
            .clone()
            .with("aws:ResourceTag/kubernetes-namespace", "another-tenant")
            .with("aws:RequestTag/kubernetes-namespace", "dev");
        let Some(proof) = probe.allowed(context, document).filter(|_| !tested) else {
            continue;
        };
        let service = danger
            .action
            .split_once(':')
            .map_or("", |(service, _)| service);
        let reads = |probe: &Probe| {
            let mut actions = READS.iter().filter(|own| own.starts_with(service));
            actions.any(|action| {
                let probe = Probe {
                    action: (*action).to_owned(),
                    ..probe.clone()
                };
                probe.allowed(context, document).is_some()
            })
        };
        // A tag gives it nothing that it cannot read without the tag.
        let mut named = resources(danger.statement).iter();
        let each = |resource| {
            let named = std::slice::from_ref(resource);
            let probe =
                Probe::meeting_on(document, (danger.statement, named), danger.action, |_| {
                    false
                });
            let probe =
                probe.map(|own| own.with("aws:ResourceTag/kubernetes-namespace", "another-tenant"));
            probe.is_some_and(|probe| reads(&probe))
        };
        // Nor does it matter to others, if no read of theirs depends on a tag.
        let own = match document.owner {
            Owner::Role(role) => role.arn.as_str(),
            _ => "",
        };
        let mut readers = context.readers_by_tag().iter();
        let is_harmless =
            is_exact(danger.statement) || readers.all(|reader| *reader == own && !own.is_empty());
        if is_harmless && named.all(each) {
            continue;
        }
        let own = danger
            .probe
            .clone()
            .with("aws:ResourceTag/kubernetes-namespace", "dev");
        let (message, remedy) = if reads(&own) {
            (
                "can tag secrets of other tenants as its own",
                "remove the action from the roles that read secrets".to_owned(),
            )
        } else {
            (
                "can tag secrets as those of other tenants, who can then read them",
                format!(
                    "remove {} from this statement, or allow it only with `aws:ResourceTag/…` and `aws:RequestTag/…` equal to the tags of the caller",
                    danger.action
                ),
            )
        };
        let draft = document
            .in_statement(
                danger.statement,
                danger.place,
                "tags secrets of other tenants",
                format!("`{}` {message}", document.object),
            )
            .because(danger.action)
            .help(danger.remedy(&remedy))
            .request(Some(proof));
        findings.add(draft);
    }
}

/// Whether a statement names single objects: without a wildcard but for the suffix of a secret's ARN.
fn is_exact(statement: &Statement) -> bool {
    let all = resources(statement);
    !all.is_empty()
        && all.iter().all(|own| {
            let text = own.text.literal();
            !has_wildcard(text.strip_suffix("-??????").unwrap_or(text))
        })
}
