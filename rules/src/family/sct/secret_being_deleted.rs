//! SCT114 `secret-being-deleted`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};
use policy_engine::simulator::Fault;

rule! {
    /// Flags a mounted secret that is scheduled for deletion. KMS107 reports a key that is disabled or scheduled for
    /// deletion.
    ///
    /// # Why it matters
    ///
    /// Secrets Manager rejects reads of a secret from the moment that its deletion is scheduled, not only from the deletion
    /// date. Running pods keep the old value, and new pods do not start.
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
    ///
    /// # Accepted
    ///
    /// Restore the secret (`aws secretsmanager restore-secret`), or remove the mount:
    ///
    /// ```yaml
    /// - objectName: dev/local
    ///   objectType: secretsmanager
    ///   objectAlias: local
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html>
    "SCT114" "secret-being-deleted", High Break High,
    needs: [Secrets, Mounts], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Fault(Fault::Deleted(_)) = refusal else {
        return None;
    };
    let message = format!(
        "{} cannot read `{}`: the secret is marked for deletion",
        case.names.pod, case.names.object
    );
    let draft = case
        .at(case.decided(), "marked for deletion", message)
        .help("restore the secret (`aws secretsmanager restore-secret`), or mount another secret");
    Some(draft)
}
