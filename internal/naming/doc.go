// Package naming gives the forms of a name by which it is compared: what it looks
// like, and what a search reads. Both stores keep these forms and compare them by
// their bytes, so that they answer alike. A change of either form makes those
// stored stale: see TestTheFormsAreThoseThatDatabasesHold.
package naming
