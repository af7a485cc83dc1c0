/// One value of a scanned text, or one key.
///
/// The nodes of a text stand in one row, in the order of the text: an array is followed by its
/// elements, an object by key, value, key, value. `next` leaps over all that is inside.
struct JSONNode: BitwiseCopyable {
    enum Kind: UInt8 { case null, `true`, `false`, number, string, array, object }

    struct Flags: OptionSet, BitwiseCopyable {
        let rawValue: UInt8
        /// A string with backslashes; an object with such a key.
        static let isEscaped = Flags(rawValue: 1)
        static let isNonASCII = Flags(rawValue: 2)
        /// A number without fraction and exponent.
        static let isInteger = Flags(rawValue: 4)
    }

    /// The first byte; of a string, the first behind the quote.
    var offset: UInt32
    /// Bytes of a string or number, elements of an array, members of an object.
    var length: UInt32
    var next: UInt32
    /// Of a large object: one more than the number of its key index, once it has one.
    var keyIndex: UInt32 = 0
    var kind: Kind
    var flags: Flags
}

extension JSONNode.Kind {
    /// As error sentences call it.
    var name: String {
        switch self {
        case .null: "null"
        case .true, .false: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
