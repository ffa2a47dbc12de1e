{{- define "provider.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "provider.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "provider.serviceAccount" -}}
{{- default (include "provider.fullname" .) (.Values.rbac).serviceAccountName -}}
{{- end -}}

{{- define "provider.labels" -}}
{{- include "provider.labelsWith" (dict "root" . "more" dict) -}}
{{- end -}}

{{- /* `app`, `chart`, `release` and `heritage` are those of upstream, and `app` is the selector: values cannot change them. Values can change the others. */ -}}
{{- define "provider.labelsWith" -}}
{{- $root := .root -}}
{{- $chart := printf "%s-%s" $root.Chart.Name $root.Chart.Version -}}
{{- $name := include "provider.name" $root -}}
{{- $fixed := dict "app" $name "chart" $chart "release" $root.Release.Name "heritage" $root.Release.Service -}}
{{- $usual := dict "app.kubernetes.io/name" $name "app.kubernetes.io/instance" $root.Release.Name "app.kubernetes.io/version" $root.Chart.AppVersion "app.kubernetes.io/managed-by" $root.Release.Service "helm.sh/chart" $chart -}}
{{- toYaml (merge dict $fixed (default dict .more) (default dict $root.Values.commonLabels) $usual) -}}
{{- end -}}

{{- define "provider.probe" -}}
exec:
  command:
  - /secrets-store-csi-driver-provider-aws
  - --health-check
  - {{ printf "--provider-volume=%s" .Values.providerVolume | quote }}
timeoutSeconds: 6
{{- end -}}

{{- define "provider.ready" -}}
exec:
  command:
  - /secrets-store-csi-driver-provider-aws
  - --ready-check
  - {{ printf "--provider-volume=%s" .Values.providerVolume | quote }}
timeoutSeconds: 6
{{- end -}}

{{- define "provider.image" -}}
{{- if .digest -}}
{{- printf "%s@%s" .repository .digest -}}
{{- else -}}
{{- printf "%s:%s" .repository (toString .tag) -}}
{{- end -}}
{{- end -}}

{{- define "provider.refreshes" -}}
{{- if and (.Values.policy).configMap ((.Values.policy).refresh).enabled -}}
yes
{{- end -}}
{{- end -}}

{{- define "provider.refresh" -}}
{{- printf "%s-policy" (include "provider.fullname" . | trunc 45 | trimSuffix "-") -}}
{{- end -}}
