{{- define "partychat.selector" -}}
app.kubernetes.io/name: partychat
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "partychat.labels" -}}
{{ include "partychat.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/*
By controller, what keeps a client with its node. nginx goes by all cookies together, since it has no variable for a cookie with a
hyphen in its name, as the session's has, and a browser's address may change between two requests. Clients without cookies share one node.
*/}}
{{- define "partychat.ingressAnnotations" -}}
{{- if eq .Values.ingress.controller "nginx" }}
nginx.ingress.kubernetes.io/upstream-hash-by: $http_cookie
nginx.ingress.kubernetes.io/proxy-body-size: 2m
nginx.ingress.kubernetes.io/proxy-read-timeout: "75"
nginx.ingress.kubernetes.io/proxy-send-timeout: "75"
{{- else if eq .Values.ingress.controller "haproxy" }}
haproxy.org/cookie-persistence: partychat_node
haproxy.org/load-balance: source
{{- else if not (has .Values.ingress.controller (list "traefik" "other")) }}
{{- fail "ingress.controller must be nginx, traefik, haproxy or other" }}
{{- end }}
{{- with .Values.ingress.annotations }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "partychat.serviceAnnotations" -}}
{{- if and .Values.ingress.enabled (eq .Values.ingress.controller "traefik") }}
traefik.ingress.kubernetes.io/service.sticky.cookie: "true"
traefik.ingress.kubernetes.io/service.sticky.cookie.name: partychat_node
traefik.ingress.kubernetes.io/service.sticky.cookie.httponly: "true"
traefik.ingress.kubernetes.io/service.sticky.cookie.secure: "true"
{{- end }}
{{- with .Values.service.annotations }}
{{ toYaml . }}
{{- end }}
{{- end }}
