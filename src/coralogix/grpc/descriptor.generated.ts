// Made from proto/com/coralogixapis/aaa/apikeys/v3/api_keys.proto by `npm run build`. Do not edit.
export const descriptor: object = {
  "nested": {
    "com": {
      "nested": {
        "coralogixapis": {
          "nested": {
            "aaa": {
              "nested": {
                "apikeys": {
                  "nested": {
                    "v3": {
                      "nested": {
                        "ApiKeysService": {
                          "methods": {
                            "CreateApiKey": {
                              "requestType": "CreateApiKeyRequest",
                              "responseType": "CreateApiKeyResponse"
                            },
                            "GetApiKey": {
                              "requestType": "GetApiKeyRequest",
                              "responseType": "GetApiKeyResponse"
                            },
                            "DeleteApiKey": {
                              "requestType": "DeleteApiKeyRequest",
                              "responseType": "DeleteApiKeyResponse"
                            },
                            "UpdateApiKey": {
                              "requestType": "UpdateApiKeyRequest",
                              "responseType": "UpdateApiKeyResponse"
                            },
                            "GetSendDataApiKeys": {
                              "requestType": "GetSendDataApiKeysRequest",
                              "responseType": "GetSendDataApiKeysResponse"
                            }
                          }
                        },
                        "Owner": {
                          "oneofs": {
                            "owner": {
                              "oneof": [
                                "user_id",
                                "team_id",
                                "organisation_id"
                              ]
                            }
                          },
                          "fields": {
                            "user_id": {
                              "type": "string",
                              "id": 1
                            },
                            "team_id": {
                              "type": "uint32",
                              "id": 2
                            },
                            "organisation_id": {
                              "type": "string",
                              "id": 3
                            }
                          }
                        },
                        "KeyInfo": {
                          "oneofs": {
                            "_value": {
                              "oneof": [
                                "value"
                              ]
                            },
                            "_access_policy": {
                              "oneof": [
                                "access_policy"
                              ]
                            }
                          },
                          "fields": {
                            "name": {
                              "type": "string",
                              "id": 1
                            },
                            "owner": {
                              "type": "Owner",
                              "id": 2
                            },
                            "active": {
                              "type": "bool",
                              "id": 3
                            },
                            "hashed": {
                              "type": "bool",
                              "id": 4
                            },
                            "key_permissions": {
                              "type": "KeyPermissions",
                              "id": 5
                            },
                            "value": {
                              "type": "string",
                              "id": 6,
                              "options": {
                                "proto3_optional": true
                              }
                            },
                            "id": {
                              "type": "string",
                              "id": 7
                            },
                            "access_policy": {
                              "type": "string",
                              "id": 8,
                              "options": {
                                "proto3_optional": true
                              }
                            }
                          },
                          "nested": {
                            "KeyPermissions": {
                              "fields": {
                                "presets": {
                                  "rule": "repeated",
                                  "type": "PresetInfo",
                                  "id": 1
                                },
                                "permissions": {
                                  "rule": "repeated",
                                  "type": "string",
                                  "id": 2
                                }
                              }
                            }
                          }
                        },
                        "PresetInfo": {
                          "fields": {
                            "name": {
                              "type": "string",
                              "id": 1
                            },
                            "permissions": {
                              "rule": "repeated",
                              "type": "string",
                              "id": 2
                            }
                          }
                        },
                        "CreateApiKeyRequest": {
                          "oneofs": {
                            "_access_policy": {
                              "oneof": [
                                "access_policy"
                              ]
                            }
                          },
                          "fields": {
                            "name": {
                              "type": "string",
                              "id": 1
                            },
                            "owner": {
                              "type": "Owner",
                              "id": 2
                            },
                            "key_permissions": {
                              "type": "KeyPermissions",
                              "id": 3
                            },
                            "hashed": {
                              "type": "bool",
                              "id": 4
                            },
                            "access_policy": {
                              "type": "string",
                              "id": 5,
                              "options": {
                                "proto3_optional": true
                              }
                            }
                          },
                          "nested": {
                            "KeyPermissions": {
                              "fields": {
                                "presets": {
                                  "rule": "repeated",
                                  "type": "string",
                                  "id": 1
                                },
                                "permissions": {
                                  "rule": "repeated",
                                  "type": "string",
                                  "id": 2
                                }
                              }
                            }
                          }
                        },
                        "CreateApiKeyResponse": {
                          "fields": {
                            "key_id": {
                              "type": "string",
                              "id": 1
                            },
                            "name": {
                              "type": "string",
                              "id": 2
                            },
                            "value": {
                              "type": "string",
                              "id": 3
                            }
                          }
                        },
                        "GetApiKeyRequest": {
                          "fields": {
                            "key_id": {
                              "type": "string",
                              "id": 1
                            }
                          }
                        },
                        "GetApiKeyResponse": {
                          "fields": {
                            "key_info": {
                              "type": "KeyInfo",
                              "id": 1
                            }
                          }
                        },
                        "DeleteApiKeyRequest": {
                          "fields": {
                            "key_id": {
                              "type": "string",
                              "id": 1
                            }
                          }
                        },
                        "DeleteApiKeyResponse": {
                          "fields": {}
                        },
                        "UpdateApiKeyRequest": {
                          "oneofs": {
                            "_new_name": {
                              "oneof": [
                                "new_name"
                              ]
                            },
                            "_is_active": {
                              "oneof": [
                                "is_active"
                              ]
                            },
                            "_presets": {
                              "oneof": [
                                "presets"
                              ]
                            },
                            "_permissions": {
                              "oneof": [
                                "permissions"
                              ]
                            },
                            "_access_policy": {
                              "oneof": [
                                "access_policy"
                              ]
                            }
                          },
                          "fields": {
                            "key_id": {
                              "type": "string",
                              "id": 1
                            },
                            "new_name": {
                              "type": "string",
                              "id": 2,
                              "options": {
                                "proto3_optional": true
                              }
                            },
                            "is_active": {
                              "type": "bool",
                              "id": 3,
                              "options": {
                                "proto3_optional": true
                              }
                            },
                            "presets": {
                              "type": "Presets",
                              "id": 4,
                              "options": {
                                "proto3_optional": true
                              }
                            },
                            "permissions": {
                              "type": "Permissions",
                              "id": 5,
                              "options": {
                                "proto3_optional": true
                              }
                            },
                            "access_policy": {
                              "type": "string",
                              "id": 6,
                              "options": {
                                "proto3_optional": true
                              }
                            }
                          },
                          "nested": {
                            "Presets": {
                              "fields": {
                                "presets": {
                                  "rule": "repeated",
                                  "type": "string",
                                  "id": 1
                                }
                              }
                            },
                            "Permissions": {
                              "fields": {
                                "permissions": {
                                  "rule": "repeated",
                                  "type": "string",
                                  "id": 1
                                }
                              }
                            }
                          }
                        },
                        "UpdateApiKeyResponse": {
                          "fields": {}
                        },
                        "GetSendDataApiKeysRequest": {
                          "fields": {}
                        },
                        "GetSendDataApiKeysResponse": {
                          "fields": {
                            "keys": {
                              "rule": "repeated",
                              "type": "KeyInfo",
                              "id": 1
                            }
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
};
