//! The subjects of the tokens that service accounts with a role have.

use crate::document::{Document, Owner};
use crate::world::index::Index;

/// The subjects as JSON: one as a text, several as a list, and the form of a subject if no service account with the role is known.
///
/// Amazon EKS User Guide, "Assign IAM roles to Kubernetes service accounts".
pub(crate) fn written(index: &Index<'_>, document: &Document<'_>) -> String {
    let subjects = known(index, document);
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
fn known(index: &Index<'_>, document: &Document<'_>) -> Vec<String> {
    let Owner::Role(role) = document.owner else {
        return Vec::new();
    };
    let users = index.users_of(&role.arn);
    let accounts = users.iter().flat_map(|own| &own.accounts);
    let mut subjects: Vec<_> = accounts
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
