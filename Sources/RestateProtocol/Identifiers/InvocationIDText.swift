/// The text of an invocation's id: `inv_1`, then its partition key and its own number in the digits of base 62.
package enum InvocationIDText {
    /// Returns the numbers of an id; nil if the text is no id of an invocation.
    package static func numbers(
        in text: String
    ) -> (partitionKey: UInt64, own: (high: UInt64, low: UInt64))? {
        let prefix = "inv_1"
        guard text.hasPrefix(prefix), text.utf8.count == 38 else { return nil }
        let digits = text.utf8.dropFirst(prefix.utf8.count)
        guard let key = Base62.decode(digits.prefix(11)), key.high == 0,
            let own = Base62.decode(digits.dropFirst(11))
        else { return nil }
        return (key.low, own)
    }
}
