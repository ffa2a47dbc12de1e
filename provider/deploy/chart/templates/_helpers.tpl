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
{{- default (include "provider.fullname" .) .Values.rbac.serviceAccountName -}}
{{- end -}}

{{- define "provider.labels" -}}
app: {{ include "provider.name" . }}
chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
release: {{ .Release.Name | quote }}
heritage: {{ .Release.Service | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
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

{{- define "provider.refresh" -}}
{{- printf "%s-policy" (include "provider.fullname" . | trunc 45 | trimSuffix "-") -}}
{{- end -}}
