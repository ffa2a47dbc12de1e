//! TAG119 `namespace-without-cluster`.

use crate::context::Context;
use crate::document::{Owner, resources};
use crate::finding::Findings;
use crate::isolation::reading;
use crate::probe::Probe;
use crate::rule::{Check, rule};
use policy_engine::inventory::Association;

rule! {
    /// Flags a role of pods in several clusters whose permission to read compares namespaces and not clusters.
    ///
    /// # Why it matters
    ///
    /// Namespaces of one name stand in every cluster: what runs in `dev` of the test cluster reads what `dev` of production owns. Where pods of two clusters mount the same object, that is taken to be meant.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///                  StringEquals:
    ///                    aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
    /// -                  aws:ResourceTag/eks-cluster-arn: ${aws:PrincipalTag/eks-cluster-arn}
    /// @@
    ///      clusters:
    /// +      test:
    /// +        serviceAccounts:
    /// +          dev/app: { association: pod-reader }
    /// @@
    /// -              ArnEquals: { aws:SourceArn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// +              ArnEquals: { aws:SourceArn: [arn:aws:eks:us-east-1:111122223333:cluster/prod, arn:aws:eks:us-east-1:111122223333:cluster/test] }
    /// ```
    "TAG119" "namespace-without-cluster", High Leak High,
    needs: [Associations, Roles, Clusters], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for document in &context.documents {
        let Owner::Role(role) = document.owner else {
            continue;
        };
        let tenants = crate::roles::tenants(context, role);
        let clusters: std::collections::BTreeSet<_> =
            tenants.iter().map(|one| one.cluster.as_str()).collect();
        if clusters.len() < 2 || is_shared(context, tenants) {
            continue;
        }
        for (statement, action) in reading(document) {
            let says = |tag: &str| {
                let conditions = statement
                    .conditions
                    .iter()
                    .flat_map(|one| std::iter::once(&one.key).chain(&one.values));
                conditions
                    .chain(resources(statement))
                    .find(|text| text.text.literal().contains(tag))
            };
            let Some(place) = says("PrincipalTag/kubernetes-namespace")
                .filter(|_| says("PrincipalTag/eks-cluster").is_none())
            else {
                continue;
            };
            let probe = Probe::meeting(document, statement, action, |_| false);
            let other = clusters.iter().next_back().copied().unwrap_or("");
            let probe = probe.map(|probe| probe.with("aws:PrincipalTag/eks-cluster-arn", other));
            let Some(proof) = probe.and_then(|probe| probe.allowed(context, document)) else {
                continue;
            };
            let draft = document
                .in_statement(statement, place.origin, "of any cluster", format!("`{}` serves {} clusters, and a namespace of that name in any of them reads it", document.object, clusters.len()))
                .because("kubernetes-namespace")
                .help("compare `eks-cluster-arn`, too, and tag the objects with it")
                .request(Some(proof))
                .once(role.origin);
            findings.add(draft);
        }
    }
}

/// Whether pods of two clusters mount one object through these associations.
fn is_shared(context: &Context<'_>, tenants: &[&Association]) -> bool {
    let mounts = context.simulator.mounts().iter();
    let own: Vec<_> = mounts
        .filter(|mount| tenants.iter().any(|one| one.pod() == mount.pod))
        .filter_map(|mount| Some((mount.object?.arn(), &mount.pod.cluster)))
        .collect();
    own.iter().any(|(arn, cluster)| {
        own.iter()
            .any(|(other, elsewhere)| arn == other && cluster != elsewhere)
    })
}
