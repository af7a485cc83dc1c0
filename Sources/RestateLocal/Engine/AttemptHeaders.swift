import Primitives
import RestateHTTP
import RestateProtocol
import RestateRuntime

/// The headers of the request that begins an attempt.
enum AttemptHeaders {
    static func fields(of request: AttemptRequest) -> HeaderFields {
        let contentType = request.version.contentType
        var fields = HeaderFields()
        fields.append(name: "content-type", value: contentType)
        fields.append(name: "accept", value: contentType)
        fields.append(
            name: "x-restate-invocation-id", value: request.invocation.text, isUnique: true)
        if let key = request.key {
            fields.append(name: "x-restate-service-key", value: percentEncoded(key))
        }
        for header in request.additionalHeaders {
            fields.append(name: header.key, value: header.value)
        }
        if let trace = request.trace {
            fields.append(name: "traceparent", value: trace.parent.text)
            if !trace.state.isEmpty { fields.append(name: "tracestate", value: trace.state) }
        }
        fields.append(name: "x-restate-cluster-name", value: request.clusterName)
        return fields
    }

    /// Encodes everything but letters, digits and `-._~`, because keys may contain characters that
    /// no header can.
    static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
