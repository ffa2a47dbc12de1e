//! TAG126 `abac-bypassed-by-resource-policy`.

use crate::context::Context;
use crate::document::Owner;
use crate::finding::Findings;
use crate::isolation::{isolates, reading};
use crate::probe::Probe;
use crate::rule::{Check, rule};
use policy_engine::request::Principal;
use policy_engine::syntax::arn::Arn;

rule! {
    /// Flags a secret's own policy that lets in a role of several tenants without a test of tags.
    ///
    /// # Why it matters
    ///
    /// Within one account either side is enough: what the role's policy keeps apart, the secret's policy opens.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        dev/local:
    ///          suffix: LoCaL1
    /// +        policy:
    /// +          - Effect: Allow
    /// +            Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    /// +            Action: secretsmanager:GetSecretValue
    /// +            Resource: "*"
    /// ```
    "TAG126" "abac-bypassed-by-resource-policy", High Leak High,
    needs: [Roles, Secrets, Associations], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for document in context
        .documents
        .iter()
        .filter(|one| matches!(one.owner, Owner::Secret(_)))
    {
        for (statement, action) in reading(document) {
            for role in &context.inventory.roles {
                let tenants = crate::roles::tenants(context.inventory, role);
                let namespaces: std::collections::BTreeSet<_> = tenants
                    .iter()
                    .map(|one| (&one.cluster, &one.namespace.value))
                    .collect();
                let same = Arn::parse(&role.arn).is_some_and(|arn| matches!(document.owner, Owner::Secret(secret) if secret.account == arn.account));
                let by_tag = context.documents.iter().any(|own| {
                    matches!(own.owner, Owner::Role(other) if other.arn == role.arn)
                        && reading(own).any(|(one, _)| one.conditions.iter().any(isolates))
                });
                let Ok(principal) = Principal::parse(&role.arn) else {
                    continue;
                };
                if namespaces.len() < 2 || !same || !by_tag {
                    continue;
                }
                let probe = Probe::meeting(document, statement, action, isolates);
                let probe = probe.map(|probe| {
                    probe
                        .by(principal)
                        .with("aws:PrincipalTag/kubernetes-namespace", "another-tenant")
                });
                let Some(proof) = probe.and_then(|probe| probe.resource_allows(context, document))
                else {
                    continue;
                };
                let place = statement
                    .principal
                    .as_ref()
                    .map_or(statement.origin, |one| one.origin);
                let draft = document
                    .in_statement(
                        statement,
                        place,
                        "for every tenant of the role",
                        format!(
                            "the policy of `{}` lets every tenant of `{}` read it",
                            document.object,
                            context.inventory.role_name(&role.arn)
                        ),
                    )
                    .because(&*role.arn)
                    .related(role.origin, "the role")
                    .help("test `aws:PrincipalTag/kubernetes-namespace` there, too")
                    .request(Some(proof))
                    .once(statement.origin);
                findings.add(draft);
            }
        }
    }
}
