import Primitives
import RestateProtocol

/// The name under which the outside world knows a signal of an invocation.
enum AwakeableID {
    private static let prefix = "sign_1"

    static func text(invocation: some Collection<UInt8>, signal: UInt32) -> String {
        var bytes = Array(invocation)
        withUnsafeBytes(of: signal.bigEndian) { bytes.append(contentsOf: $0) }
        return prefix + String(decoding: Base64URL.encode(bytes), as: UTF8.self)
    }
}
