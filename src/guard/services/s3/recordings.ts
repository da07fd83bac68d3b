/** Made by `npm run record:guard -- s3` from real servers; everything in them is made up. */
import type { Recording } from "../../checks/recording.ts";

export const recordings: readonly Recording[] = [
  {
    of: "Versity S3 Gateway 1.8.0, all closed",
    seen: "auth-required",
    channel: "plain",
    names: ["bucket", "canary.txt"],
    heard: [
      {
        request: "list",
        bytes:
          'HTTP/1.1 403 Forbidden\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:05 GMT\r\nContent-Type: application/xml\r\nContent-Length: 256\r\nX-Amz-Request-Id: EPFAJCRUKMITS1R7\r\nX-Amz-Id-2: IGlf110u/2rp/bS4B1SBOkyZMT/Ev8BD3EUPGqMaualojOyyjEayjUxH2HhXeeuTsY1xDvimPUR6i0thfhPjz+k=\r\nConnection: close\r\n\r\n<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied.</Message><RequestId>EPFAJCRUKMITS1R7</RequestId><HostId>IGlf110u/2rp/bS4B1SBOkyZMT/Ev8BD3EUPGqMaualojOyyjEayjUxH2HhXeeuTsY1xDvimPUR6i0thfhPjz+k=</HostId></Error>',
        ended: "whole",
      },
      {
        request: "canary",
        bytes:
          "HTTP/1.1 403 Forbidden\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:05 GMT\r\nContent-Type: application/xml\r\nContent-Length: 256\r\nX-Amz-Request-Id: TSGOLUIP88ZIR9SI\r\nX-Amz-Id-2: 1aBtmcD2ma51r8jJ+imGuvdW9/F5F/9dUYxSlpyjA2KsTAOSr7t65Sx1hDBnIsRImoQHnzl588lgQgZCMwtnzw8=\r\nConnection: close\r\n\r\n",
        ended: "whole",
      },
    ],
  },
  {
    of: "Versity S3 Gateway 1.8.0, all closed, TLS",
    seen: "auth-required",
    channel: "tls",
    names: ["bucket", "canary.txt"],
    heard: [
      {
        request: "list",
        bytes:
          'HTTP/1.1 403 Forbidden\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:05 GMT\r\nContent-Type: application/xml\r\nContent-Length: 256\r\nX-Amz-Request-Id: H8H6UJ2ILPEI2CHI\r\nX-Amz-Id-2: dZvElSM3MRVilkksMxO/EhWvzeiI+OG6sd8Ksu3R4SFuCZkxXrHUPIfqKK1qyfQoJ3rHmO5tXaAjaYWdoMnwLqc=\r\nConnection: close\r\n\r\n<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied.</Message><RequestId>H8H6UJ2ILPEI2CHI</RequestId><HostId>dZvElSM3MRVilkksMxO/EhWvzeiI+OG6sd8Ksu3R4SFuCZkxXrHUPIfqKK1qyfQoJ3rHmO5tXaAjaYWdoMnwLqc=</HostId></Error>',
        ended: "whole",
      },
      {
        request: "canary",
        bytes:
          "HTTP/1.1 403 Forbidden\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:05 GMT\r\nContent-Type: application/xml\r\nContent-Length: 256\r\nX-Amz-Request-Id: YP6AW4U0VUQHK3VR\r\nX-Amz-Id-2: xKg2ozEGY7CRK1mmnTdd6uuA4PmZ2NFKk8qkHiF3EVXGGbUedJZyOyY2+2kBvpO3eimtqr37NEgl24Un/VE9lSc=\r\nConnection: close\r\n\r\n",
        ended: "whole",
      },
    ],
  },
  {
    of: "Versity S3 Gateway 1.8.0, all closed, no object named",
    seen: "unknown",
    channel: "plain",
    names: ["bucket"],
    heard: [
      {
        request: "list",
        bytes:
          'HTTP/1.1 403 Forbidden\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:05 GMT\r\nContent-Type: application/xml\r\nContent-Length: 256\r\nX-Amz-Request-Id: T5EUHYY6O5IMW19T\r\nX-Amz-Id-2: jQ8t7EzRWRfGkyCiz1OLZGTjSXJjZrsUYkS1tDkajaVs5RUUI3LqQOa+ovWoJmjjFGaioE8fW/eiMsCrbitUE3M=\r\nConnection: close\r\n\r\n<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied.</Message><RequestId>T5EUHYY6O5IMW19T</RequestId><HostId>jQ8t7EzRWRfGkyCiz1OLZGTjSXJjZrsUYkS1tDkajaVs5RUUI3LqQOa+ovWoJmjjFGaioE8fW/eiMsCrbitUE3M=</HostId></Error>',
        ended: "whole",
      },
      {
        request: "canary",
        bytes:
          "HTTP/1.1 403 Forbidden\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:05 GMT\r\nContent-Type: application/xml\r\nContent-Length: 256\r\nX-Amz-Request-Id: 901ZCQMDYABJKMVT\r\nX-Amz-Id-2: qnd2lKodb5Am+c9PT127DoM0Q8v40ISk9m7KVQ63yQFdI9UQYsJSeVdl5X7LC3WYqdbXiUX/ZkQIwnwdTZxqIts=\r\nConnection: close\r\n\r\n",
        ended: "whole",
      },
    ],
  },
  {
    of: "Versity S3 Gateway 1.8.0, list open",
    seen: "schema-readable",
    channel: "plain",
    names: ["bucket"],
    heard: [
      {
        request: "list",
        bytes:
          'HTTP/1.1 200 OK\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:05 GMT\r\nContent-Type: application/xml\r\nContent-Length: 531\r\nX-Amz-Request-Id: XAUBDGBTZG2CWDPH\r\nX-Amz-Id-2: qUIpFov9cpsVgfjZcuzcDcS0UdN4UNNepN56/Z8ramMM+cLh7vPxkaXYS0/6tnZ797ypwzDaMXwdEsBh4nKDrwM=\r\nx-amz-bucket-region: us-east-1\r\nx-amz-request-id: XAUBDGBTZG2CWDPH\r\nx-amz-id-2: qUIpFov9cpsVgfjZcuzcDcS0UdN4UNNepN56/Z8ramMM+cLh7vPxkaXYS0/6tnZ797ypwzDaMXwdEsBh4nKDrwM=\r\nConnection: close\r\n\r\n<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><KeyCount>1</KeyCount><MaxKeys>1</MaxKeys><IsTruncated>false</IsTruncated><Contents><LastModified>2026-11-23T05:24:05Z</LastModified><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><ETag>&#34;d8cde4f4f3a9c1a4e732f49e8945c49a&#34;</ETag><Key>canary.txt</Key><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents><EncodingType></EncodingType></ListBucketResult>',
        ended: "whole",
      },
      {
        request: "canary",
        bytes:
          "HTTP/1.1 403 Forbidden\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:05 GMT\r\nContent-Type: application/xml\r\nContent-Length: 256\r\nX-Amz-Request-Id: JWJHK4T8X5TKC72X\r\nX-Amz-Id-2: im9l1uIlU0wcX5nxmxp9O94QnDsCL/gppLIzIJW91U5AkQU6WBVJWMqPbv8zMeRziApDF3FVU9+sXipOfYJdBoQ=\r\nConnection: close\r\n\r\n",
        ended: "whole",
      },
    ],
  },
  {
    of: "Versity S3 Gateway 1.8.0, list open, TLS",
    seen: "schema-readable",
    channel: "tls",
    names: ["bucket"],
    heard: [
      {
        request: "list",
        bytes:
          'HTTP/1.1 200 OK\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:06 GMT\r\nContent-Type: application/xml\r\nContent-Length: 531\r\nX-Amz-Request-Id: LKRA7CJYDBQGFVU6\r\nX-Amz-Id-2: KRhAfZfvgRmZKHeJxV7YN1X+ZXgFGadU54thcmmNhDFbg8NfSNKxZaFO9nOZbzra7bY9sPM8WcTdl0cAwYveB7g=\r\nx-amz-bucket-region: us-east-1\r\nx-amz-request-id: LKRA7CJYDBQGFVU6\r\nx-amz-id-2: KRhAfZfvgRmZKHeJxV7YN1X+ZXgFGadU54thcmmNhDFbg8NfSNKxZaFO9nOZbzra7bY9sPM8WcTdl0cAwYveB7g=\r\nConnection: close\r\n\r\n<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><KeyCount>1</KeyCount><MaxKeys>1</MaxKeys><IsTruncated>false</IsTruncated><Contents><LastModified>2026-11-23T05:24:06Z</LastModified><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><ETag>&#34;d8cde4f4f3a9c1a4e732f49e8945c49a&#34;</ETag><Key>canary.txt</Key><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents><EncodingType></EncodingType></ListBucketResult>',
        ended: "whole",
      },
      {
        request: "canary",
        bytes:
          "HTTP/1.1 403 Forbidden\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:06 GMT\r\nContent-Type: application/xml\r\nContent-Length: 256\r\nX-Amz-Request-Id: WGKDFK353USZ4IKX\r\nX-Amz-Id-2: DdQxfnFrCCoRDItEvfH+gEI4g1YzBWYBCJ1BPiVu4aivydZOA0qd55gz05degMJdwpKKOb2TU+mLILXgFO8eq68=\r\nConnection: close\r\n\r\n",
        ended: "whole",
      },
    ],
  },
  {
    of: "Versity S3 Gateway 1.8.0, objects open, list closed",
    seen: "data-readable",
    channel: "plain",
    names: ["bucket", "canary.txt"],
    heard: [
      {
        request: "list",
        bytes:
          'HTTP/1.1 403 Forbidden\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:06 GMT\r\nContent-Type: application/xml\r\nContent-Length: 256\r\nX-Amz-Request-Id: T6PYXULVM9VF4ZUO\r\nX-Amz-Id-2: 2BbbO8w3ZzfGrdC9/C1tm4zsOg9rZUAOZk1WKG5GQt9A1G9Elbq08uDeu9T/cBsYz6M5FEU/lqFpVoV/7ElBwSQ=\r\nConnection: close\r\n\r\n<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied.</Message><RequestId>T6PYXULVM9VF4ZUO</RequestId><HostId>2BbbO8w3ZzfGrdC9/C1tm4zsOg9rZUAOZk1WKG5GQt9A1G9Elbq08uDeu9T/cBsYz6M5FEU/lqFpVoV/7ElBwSQ=</HostId></Error>',
        ended: "whole",
      },
      {
        request: "canary",
        bytes:
          'HTTP/1.1 200 OK\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:06 GMT\r\nContent-Type: text/plain\r\nContent-Length: 7\r\nX-Amz-Request-Id: Z57J5Z2Y42D1HXCN\r\nX-Amz-Id-2: cRTLYJ6EwccP2sgtdPxkpAp3okeVWBGwWFJYbWCSYYY8M98PdyDDinbWzwxJ+U1GdHZpSAUpgjoku3P7Uz3HALY=\r\nLast-Modified: Mon, 23 Nov 2026 05:24:06 GMT\r\nETag: "d8cde4f4f3a9c1a4e732f49e8945c49a"\r\naccept-ranges: bytes\r\nx-amz-storage-class: STANDARD\r\nx-amz-request-id: Z57J5Z2Y42D1HXCN\r\nx-amz-id-2: cRTLYJ6EwccP2sgtdPxkpAp3okeVWBGwWFJYbWCSYYY8M98PdyDDinbWzwxJ+U1GdHZpSAUpgjoku3P7Uz3HALY=\r\nConnection: close\r\n\r\n',
        ended: "whole",
      },
    ],
  },
  {
    of: "Versity S3 Gateway 1.8.0, objects open, list closed, object that there is not",
    seen: "anonymous-accepted",
    channel: "plain",
    names: ["bucket", "missing.txt"],
    heard: [
      {
        request: "list",
        bytes:
          'HTTP/1.1 403 Forbidden\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:06 GMT\r\nContent-Type: application/xml\r\nContent-Length: 256\r\nX-Amz-Request-Id: TU0RV24SDFJSKFSV\r\nX-Amz-Id-2: wuoYjchNXrXeRxFWukc3ufuViekEpOMEQ4qPsF+A6JytCSXOsIzfTXQdXPfcATfyj6Gd0btnjfoRMW/2IqFlQcg=\r\nConnection: close\r\n\r\n<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied.</Message><RequestId>TU0RV24SDFJSKFSV</RequestId><HostId>wuoYjchNXrXeRxFWukc3ufuViekEpOMEQ4qPsF+A6JytCSXOsIzfTXQdXPfcATfyj6Gd0btnjfoRMW/2IqFlQcg=</HostId></Error>',
        ended: "whole",
      },
      {
        request: "canary",
        bytes:
          "HTTP/1.1 404 Not Found\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:06 GMT\r\nContent-Type: application/xml\r\nContent-Length: 272\r\nX-Amz-Request-Id: M8UJPY9B1C1KLQ3D\r\nX-Amz-Id-2: J6hXdQDHclRSy2B3GjxX4wWN6nHf23JPgYxUEjM0/2pbyigxQTdnX5ubsPN+JVtpp5ZlL/vcxAY0njcACNfa73o=\r\nConnection: close\r\n\r\n",
        ended: "whole",
      },
    ],
  },
  {
    of: "Versity S3 Gateway 1.8.0, list and objects open",
    seen: "data-readable",
    channel: "plain",
    names: ["bucket", "canary.txt"],
    heard: [
      {
        request: "list",
        bytes:
          'HTTP/1.1 200 OK\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:06 GMT\r\nContent-Type: application/xml\r\nContent-Length: 531\r\nX-Amz-Request-Id: 2MK4BZAQFKFD3D6G\r\nX-Amz-Id-2: gCgq9klLx0CV5jpoVYrGNLdsCgLaoeFakoThYwR+6UISSVChdwBCzDxg0zQ3sSsu2ajTs7/Jvy3jTyY2SNIdh7Q=\r\nx-amz-bucket-region: us-east-1\r\nx-amz-request-id: 2MK4BZAQFKFD3D6G\r\nx-amz-id-2: gCgq9klLx0CV5jpoVYrGNLdsCgLaoeFakoThYwR+6UISSVChdwBCzDxg0zQ3sSsu2ajTs7/Jvy3jTyY2SNIdh7Q=\r\nConnection: close\r\n\r\n<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><KeyCount>1</KeyCount><MaxKeys>1</MaxKeys><IsTruncated>false</IsTruncated><Contents><LastModified>2026-11-23T05:24:06Z</LastModified><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><ETag>&#34;d8cde4f4f3a9c1a4e732f49e8945c49a&#34;</ETag><Key>canary.txt</Key><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents><EncodingType></EncodingType></ListBucketResult>',
        ended: "whole",
      },
      {
        request: "canary",
        bytes:
          'HTTP/1.1 200 OK\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:06 GMT\r\nContent-Type: text/plain\r\nContent-Length: 7\r\nX-Amz-Request-Id: 2NH1I9PUK2WEGR7L\r\nX-Amz-Id-2: J/N8XDnTrPK4sHoe3s/Y5decxA/rXzr2+tkxe2iRMZhsNfxc2HiiSZy9M2w+qfZz3qDJurI9+ZC9t8nLdpVk/Js=\r\nLast-Modified: Mon, 23 Nov 2026 05:24:06 GMT\r\naccept-ranges: bytes\r\nx-amz-storage-class: STANDARD\r\nETag: "d8cde4f4f3a9c1a4e732f49e8945c49a"\r\nx-amz-request-id: 2NH1I9PUK2WEGR7L\r\nx-amz-id-2: J/N8XDnTrPK4sHoe3s/Y5decxA/rXzr2+tkxe2iRMZhsNfxc2HiiSZy9M2w+qfZz3qDJurI9+ZC9t8nLdpVk/Js=\r\nConnection: close\r\n\r\n',
        ended: "whole",
      },
    ],
  },
  {
    of: "Versity S3 Gateway 1.8.0, bucket that there is not",
    seen: "unknown",
    channel: "plain",
    names: ["nosuchbucket", "canary.txt"],
    heard: [
      {
        request: "list",
        bytes:
          'HTTP/1.1 404 Not Found\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:06 GMT\r\nContent-Type: application/xml\r\nContent-Length: 315\r\nX-Amz-Request-Id: FZ5F6E3UX778PE75\r\nX-Amz-Id-2: /ac6Auto6r3mrRMsuWzP00xvAp7hJ8QroZxl6pkHZKLCwVRUQlUZuBoja8oxuybaCwskER7PlT6CfLh1ITy5IoU=\r\nConnection: close\r\n\r\n<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist.</Message><BucketName>nosuchbucket</BucketName><RequestId>FZ5F6E3UX778PE75</RequestId><HostId>/ac6Auto6r3mrRMsuWzP00xvAp7hJ8QroZxl6pkHZKLCwVRUQlUZuBoja8oxuybaCwskER7PlT6CfLh1ITy5IoU=</HostId></Error>',
        ended: "whole",
      },
      {
        request: "canary",
        bytes:
          "HTTP/1.1 404 Not Found\r\nServer: VERSITYGW\r\nDate: Mon, 23 Nov 2026 05:24:06 GMT\r\nContent-Type: application/xml\r\nContent-Length: 315\r\nX-Amz-Request-Id: 3CR0SHMZ5EJPS7KR\r\nX-Amz-Id-2: P5bVuCBwKezyyadDIvBaQEwpo5deFFhW3TcmLgbZ6sT+j1hZDfB1yJgJCWGOxsrPkHjhbjxuMCmXDYN2LOAzdqg=\r\nConnection: close\r\n\r\n",
        ended: "whole",
      },
    ],
  },
  {
    of: "S3 stand-in, sent to another region",
    seen: "unknown",
    channel: "plain",
    names: ["bucket", "canary.txt"],
    heard: [
      {
        request: "list",
        bytes:
          'HTTP/1.1 301 Moved Permanently\r\nx-amz-request-id: 0\r\ncontent-type: application/xml\r\ncontent-length: 110\r\n\r\n<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>PermanentRedirect</Code><Message>made up</Message></Error>',
        ended: "whole",
      },
      {
        request: "canary",
        bytes: "HTTP/1.1 301 Moved Permanently\r\nx-amz-request-id: 0\r\ncontent-type: application/xml\r\ncontent-length: 110\r\n\r\n",
        ended: "whole",
      },
    ],
  },
];
