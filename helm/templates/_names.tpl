{{- define "order-hub.labels" -}}
app.kubernetes.io/name: order-hub
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "order-hub.name" -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}-hub
{{- end }}
