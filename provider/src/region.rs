//! One region of a mount: its clients, created with the first call, and its time limit.

use crate::{
    app::App,
    aws::{Failure, Operation},
    identity::PodIdentity,
};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_types::region::Region as AwsRegion;
use std::{future::Future, sync::Arc};
use tokio::{sync::OnceCell, time::Instant};

/// A region from which one mount fetches objects.
pub(crate) struct Region {
    /// Its name.
    pub(crate) name: String,
    /// The time at which its calls must have ended.
    pub(crate) deadline: Instant,
    app: Arc<App>,
    identity: Arc<PodIdentity>,
    clients: OnceCell<Result<Clients, Failure>>,
}

/// Clients with the pod's credentials; they share the process's connections.
#[derive(Clone)]
pub(crate) struct Clients {
    pub(crate) secrets_manager: aws_sdk_secretsmanager::Client,
    pub(crate) ssm: aws_sdk_ssm::Client,
}

impl Region {
    pub(crate) fn new(
        name: String,
        deadline: Instant,
        app: Arc<App>,
        identity: Arc<PodIdentity>,
    ) -> Self {
        Self {
            name,
            deadline,
            app,
            identity,
            clients: OnceCell::new(),
        }
    }

    /// Makes a call with the credentials of the pod, within the time limit of the region.
    pub(crate) async fn call<T, E, F>(
        &self,
        operation: &'static Operation,
        call: impl FnOnce(Clients) -> F,
    ) -> Result<T, Failure>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let work = async {
            let _lane = self.app.lanes.enter(&self.name).await;
            let clients = self.clients.get_or_init(|| self.make()).await.clone()?;
            let answer = call(clients).await;
            let answer = answer.map_err(|error| Failure::from_sdk(&self.name, operation, &error));
            let outcome = answer
                .as_ref()
                .map_or_else(|failure| &*failure.code, |_| "OK");
            self.app
                .metrics
                .call(operation.service, operation.name, &self.name, outcome);
            answer
        };
        let answer = tokio::time::timeout_at(self.deadline, work).await;
        let answer = answer.unwrap_or_else(|_| {
            self.app.metrics.call(
                operation.service,
                operation.name,
                &self.name,
                "TimeoutError",
            );
            let text = "no answer within the time limit of this mount for the region";
            Err(Failure::local(&self.name, operation, "TimeoutError", text))
        });
        if answer.as_ref().is_err_and(Failure::is_denial) {
            self.app.identities.forget(&self.identity, &self.name);
        }
        answer
    }

    async fn make(&self) -> Result<Clients, Failure> {
        let app = &self.app;
        let credentials = app
            .identities
            .credentials(&self.identity, &self.name, &app.settings, self.deadline)
            .await?;
        let credentials = SharedCredentialsProvider::new(credentials);
        let region = AwsRegion::new(self.name.clone());
        Ok(Clients {
            secrets_manager: aws_sdk_secretsmanager::Client::from_conf(
                aws_sdk_secretsmanager::config::Builder::from(&app.settings)
                    .region(region.clone())
                    .credentials_provider(credentials.clone())
                    .build(),
            ),
            ssm: aws_sdk_ssm::Client::from_conf(
                aws_sdk_ssm::config::Builder::from(&app.settings)
                    .region(region)
                    .credentials_provider(credentials)
                    .build(),
            ),
        })
    }
}
