//! SCT114 `secret-being-deleted`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use policy_engine::inventory::find::Object;

rule! {
    /// Flags a mounted secret whose deletion was asked for. A key that is disabled or about to be deleted is KMS107.
    ///
    /// # Why it matters
    ///
    /// It cannot be read from that day on, not only from the day on which it goes.
    ///
    /// # Flagged
    ///
    /// ```diff old.json
    /// +{"ARN": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/old-OlDoLd", "Name": "dev/old", "DeletedDate": "2026-11-01T10:00:00+00:00",
    /// + "Tags": [{"Key": "kubernetes-namespace", "Value": "dev"}, {"Key": "eks-cluster-arn", "Value": "arn:aws:eks:us-east-1:111122223333:cluster/prod"}],
    /// + "VersionIdsToStages": {}, "CreatedDate": "2026-01-01T10:00:00+00:00"}
    /// ```
    ///
    /// ```diff ascp-policy.yaml
    ///    - { path: association.json, account: shop }
    /// +  - { path: old.json, account: shop }
    /// ```
    ///
    /// ```diff manifests.yaml
    ///          objectAlias: local
    /// +      - objectName: dev/old
    /// +        objectType: secretsmanager
    /// +        objectAlias: old
    /// ```
    "SCT114" "secret-being-deleted", High Break High,
    needs: [Secrets, Mounts], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for mount in context.simulator.mounts() {
        let Some(Object::Secret(secret)) = mount.object else {
            continue;
        };
        let Some(deleted) = secret.deleted.known() else {
            continue;
        };
        let name = Object::Secret(secret).display(context.inventory);
        let pod = context.inventory.pod_name(&mount.pod);
        let message = format!("{pod} cannot read `{name}`: its deletion was asked for");
        let draft = Draft::new(name, deleted.origin, "being deleted", message)
            .mounted(mount.name.origin)
            .help("restore the secret (`aws secretsmanager restore-secret`), or mount another one")
            .once(deleted.origin);
        findings.add(draft);
    }
}
