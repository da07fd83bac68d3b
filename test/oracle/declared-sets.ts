/** Sets of dimensions that the smart-home example keeps cuboids for, by hand from its vitrine.yaml; the empty set is asked as well. */
export const smartHomeSets: Readonly<Record<string, readonly (readonly string[])[]>> = {
  activations: [[], ["model"], ["country"], ["model", "country"]],
  failed_connection_rate: [[], ["model"], ["firmware"], ["country"], ["model", "firmware"], ["model", "country"]],
  connection_time: [[], ["model"], ["country"]],
  failed_connections: [[], ["reason"], ["reason", "model"]],
  sign_ups: [[], ["country"], ["time_zone"]],
  log_ins: [[], ["platform"], ["country"]],
  camera_shares: [[], ["model"], ["country"]],
  alexa_links: [[], ["country"]],
  devices_with_diagnostics: [[], ["model"]],
};
