package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"fettle.dev/fettle/modules/proof"
)

type verifyCmd struct {
	File string `arg:"" help:"The proof, as downloaded; - for standard input."`
	Key  string `help:"The log's public key (C2SP verifier key), which you keep from before. Without it the key in the file is used, which shows only that the file fits itself."`
}

// maxProof bounds what is read: a proof is a few kilobytes.
const maxProof = 1 << 20

// Run checks the proof, without a database and without the network.
func (v verifyCmd) Run(s streams) error {
	in := io.Reader(os.Stdin)
	if v.File != "-" {
		f, err := os.Open(v.File)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	var b proof.Bundle
	d := json.NewDecoder(io.LimitReader(in, maxProof))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		return fmt.Errorf("this is no proof: %w", err)
	}
	f, err := proof.Check(b, v.Key)
	if err != nil {
		return fmt.Errorf("the proof does not hold: %w", err)
	}
	fmt.Fprintf(s.Out, "the proof holds\n  log     %s, %d records\n  record  %s %s, number %d\n  made    %s, by the operator's word\n",
		f.Origin, f.Size, f.Kind, f.LeafID, f.Index, f.At.Format(time.RFC3339))
	switch {
	case f.Opened:
		fmt.Fprintf(s.Out, "  says    %s\n", f.RecordJSON)
	default:
		fmt.Fprintln(s.Out, "  the person was erased: that the record stood there is proved, what it said can no longer be told")
	}
	if !f.PinnedKey {
		fmt.Fprintf(s.Out, "  note    the key came with the file; get it elsewhere and give it as --key=%q\n", b.Key)
	}
	return nil
}
