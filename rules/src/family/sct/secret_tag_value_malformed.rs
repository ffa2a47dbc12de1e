//! SCT105 `secret-tag-value-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};

rule! {
    /// Flags a tag with the key of an EKS session tag and a value that no session can have: an invalid namespace name, an ARN
    /// instead of a name, or a name instead of an ARN.
    ///
    /// # Why it matters
    ///
    /// EKS sets `kubernetes-namespace` to a name and `eks-cluster-arn` to an ARN. A condition that compares both tags never
    /// matches another form, and AWS denies the read.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml also=SCT106
    ///        dev/local:
    ///          suffix: LoCaL1
    /// -        tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// +        tags: { kubernetes-namespace: dev, eks-cluster-arn: prod }
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the value in the form that EKS sets:
    ///
    /// ```yaml
    /// dev/local:
    ///   suffix: LoCaL1
    ///   tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_secretsmanager_secret" "local" {
    ///   name = "dev/local"
    ///   tags = {
    ///     kubernetes-namespace = "dev"
    ///     eks-cluster-arn      = "arn:aws:eks:us-east-1:111122223333:cluster/prod"
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    "SCT105" "secret-tag-value-malformed", High Break High,
    needs: [Objects], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (object, tags) in crate::world::objects::tagged(context.inventory) {
        for tag in tags {
            let Some(value) = tag.value.value.known() else {
                continue;
            };
            let lower = tag.key.value.to_ascii_lowercase();
            let label = !value.is_empty()
                && value.bytes().all(|byte| {
                    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte)
                });
            let (fits, wanted) = match lower.as_str() {
                "kubernetes-namespace" | "kubernetes-service-account" => {
                    (label, "a Kubernetes name: lower case, digits and hyphens")
                }
                "eks-cluster-arn" => (value.contains(":cluster/"), "the ARN of a cluster"),
                "eks-cluster-name" => (
                    !value.contains(':') && !value.contains(' '),
                    "the name of a cluster",
                ),
                _ => continue,
            };
            if fits {
                continue;
            }
            let draft = Draft::new(
                &*object,
                tag.value.origin,
                "no session tag has this value",
                format!(
                    "the tag `{}` of `{object}` is `{value}`, and the session tag is {wanted}",
                    tag.key.value
                ),
            )
            .because(&*tag.key.value)
            .because(value)
            .help(format!("write {wanted}"));
            findings.add(draft);
        }
    }
}
