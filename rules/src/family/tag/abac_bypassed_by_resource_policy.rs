//! TAG126 `abac-bypassed-by-resource-policy`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Owner;
use crate::document::tags::{isolates, reading};
use crate::finding::Findings;
use policy_engine::inventory::Role;
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
    for role in &context.inventory.roles {
        let tenants = context.pods.tenants(role);
        let namespaces: std::collections::BTreeSet<_> = tenants
            .iter()
            .map(|association| (&association.cluster, &association.namespace.value))
            .collect();
        if namespaces.len() < 2 || !keeps_apart(context, role) {
            continue;
        }
        let (Ok(principal), Some(arn)) = (Principal::parse(&role.arn), Arn::parse(&role.arn))
        else {
            continue;
        };
        let secrets = context.documents.iter().filter(
            |document| matches!(document.owner, Owner::Secret(secret) if secret.account == arn.account),
        );
        for document in secrets {
            for (statement, action) in reading(document) {
                let probe = Probe::meeting(document, statement, action, isolates);
                let probe = probe.map(|probe| {
                    probe
                        .by(principal.clone())
                        .with("aws:PrincipalTag/kubernetes-namespace", "another-tenant")
                });
                let Some(proof) = probe.and_then(|probe| probe.resource_allows(context, document))
                else {
                    continue;
                };
                let place = statement
                    .principal
                    .as_ref()
                    .map_or(statement.origin, |element| element.origin);
                let name = context.inventory.role_name(&role.arn);
                let draft = document
                    .in_statement(
                        statement,
                        place,
                        "for every tenant of the role",
                        format!(
                            "the policy of `{}` lets every tenant of `{name}` read it",
                            document.object
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

/// Whether a role's own permissions to read test tags.
fn keeps_apart(context: &Context<'_>, role: &Role) -> bool {
    context.documents.iter().any(|own| {
        let of_role = matches!(own.owner, Owner::Role(other) if other.arn == role.arn);
        of_role && reading(own).any(|(statement, _)| statement.conditions.iter().any(isolates))
    })
}
