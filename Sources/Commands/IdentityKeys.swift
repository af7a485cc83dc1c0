/// Reads request identity keys from the command line or the environment.
public enum IdentityKeys {
    /// Splits a list at commas. A list of only commas yields no keys, which an endpoint refuses;
    /// otherwise such a mistake would turn the check off.
    public static func split(_ list: String) -> [String] {
        list.split { $0 == "," || $0.isWhitespace }.map(String.init)
    }

    public static let warning =
        "Warning: requests are not authenticated. Anyone who can reach this port can invoke handlers."
}
