//! The subjects of the tokens that service accounts with a role have.

use crate::document::{Document, Owner};
use policy_engine::inventory::Inventory;

/// The subjects as JSON: one as a text, several as a list, and the form of a subject if no service account with the role is known.
///
/// Amazon EKS User Guide, "Assign IAM roles to Kubernetes service accounts".
pub(crate) fn written(inventory: &Inventory, document: &Document<'_>) -> String {
    let subjects = known(inventory, document);
    match subjects.as_slice() {
        [] => "\"system:serviceaccount:NAMESPACE:NAME\"".to_owned(),
        [only] => format!("\"{only}\""),
        many => {
            let quoted = many.iter().map(|subject| format!("\"{subject}\""));
            format!("[{}]", quoted.collect::<Vec<_>>().join(", "))
        }
    }
}

/// The subjects of the service accounts whose annotation names the role of a trust policy.
fn known(inventory: &Inventory, document: &Document<'_>) -> Vec<String> {
    let Owner::Role(role) = document.owner else {
        return Vec::new();
    };
    let accounts = inventory.service_accounts.iter();
    let own = accounts.filter(|account| {
        let irsa = account.irsa.as_ref();
        irsa.is_some_and(|irsa| role.arn == irsa.value.as_str())
    });
    let mut subjects: Vec<_> = own
        .map(|account| {
            let pod = &account.pod;
            format!(
                "system:serviceaccount:{}:{}",
                pod.namespace, pod.service_account
            )
        })
        .collect();
    subjects.sort();
    subjects.dedup();
    subjects
}
