import Restate

/// The endpoint with a codec, whose journals were recorded.
enum CodecEndpoint {
    static var endpoint: Endpoint {
        Endpoint(Tour2Codec(), Tour2CodecObject(), Tour2CodecFlow()).journalCodec(FlippedBits())
    }
}

/// The codec of the recordings: the byte 0x7f, then every byte XOR 0x55.
struct FlippedBits: JournalCodec {
    var name: String { "flipped" }

    func encode(_ bytes: [UInt8]) -> [UInt8] {
        [0x7f] + bytes.map { $0 ^ 0x55 }
    }

    func decode(_ bytes: [UInt8]) throws -> [UInt8] {
        guard bytes.first == 0x7f else { throw NotEncoded() }
        return bytes.dropFirst().map { $0 ^ 0x55 }
    }
}

struct NotEncoded: Error, CustomStringConvertible {
    var description: String { "not encoded" }
}
