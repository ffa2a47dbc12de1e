//! ESC121 `node-role-reads-secrets`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::tags::reading;
use crate::document::{Document, Owner};
use crate::finding::{Draft, Findings};
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a role of nodes with permission to read secrets. A role with `AmazonEKSWorkerNodePolicy` is a role of nodes.
    ///
    /// # Why it matters
    ///
    /// Every pod that can reach the instance metadata service gets the credentials of the node's role, in any namespace.
    /// Conditions on session tags do not separate these pods.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///      roles:
    /// +      node:
    /// +        trust:
    /// +          - Effect: Allow
    /// +            Principal: { Service: ec2.amazonaws.com }
    /// +            Action: sts:AssumeRole
    /// +        attach: [arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy, arn:aws:iam::aws:policy/SecretsManagerReadWrite]
    ///        pod-reader:
    /// ```
    ///
    /// # Accepted
    ///
    /// Attach only the policies that a node requires, and give the read to the role of the pods:
    ///
    /// ```yaml
    /// node:
    ///   trust:
    ///     - Effect: Allow
    ///       Principal: { Service: ec2.amazonaws.com }
    ///       Action: sts:AssumeRole
    ///   attach: [arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_iam_role_policy_attachment" "node" {
    ///   role       = aws_iam_role.node.name
    ///   policy_arn = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html>
    /// * <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    "ESC121" "node-role-reads-secrets", Critical Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Roles], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for role in &context.inventory.roles {
        if !role
            .attached
            .list
            .iter()
            .any(|arn| arn.value.ends_with(":policy/AmazonEKSWorkerNodePolicy"))
        {
            continue;
        }
        let name = context.inventory.role_name(&role.arn);
        let managed = role.attached.list.iter().filter_map(|arn| {
            let policies = &mut context.inventory.policies.iter();
            Some((
                arn.origin,
                &policies.find(|policy| policy.arn == arn.value)?.document,
            ))
        });
        let inline = role.inline.list.iter().map(|own| (own.origin, own));
        for (place, policy) in inline.chain(managed) {
            let owner = Owner::Role(role);
            let document = Document::new(PolicyType::Identity, policy, owner, name.clone());
            let proof = reading(&document).find_map(|(statement, action)| {
                Probe::meeting(&document, statement, action, |_| false)?.allowed(context, &document)
            });
            let Some(proof) = proof else { continue };
            let draft = Draft::new(
                &*name,
                place,
                "reads secrets",
                format!("the node role `{name}` may call {}", proof.action),
            )
            .because(&*policy.name)
            .related(role.origin, "the role")
            .help("remove the permission from the node role, and give it to the role of the pods")
            .request(Some(proof))
            .once(role.origin);
            findings.add(draft);
        }
    }
}
